"""The catalogue of findings: each rule with its harm, the way out, a bad and a good example.

``docs/findings.md`` and the rules of ``findings.sarif`` are made from it. An id never changes its
meaning, for people suppress and track findings by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Level(StrEnum):
    """How much a finding matters: an error fails the run, a warning may hurt, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of finding; *level* is the usual one, *bad* and *good* are in *language*."""

    id: str
    level: Level
    title: str
    harm: str
    way_out: str
    bad: str
    good: str
    language: str = "python"

    @property
    def name(self) -> str:
        """Return the id as one word: ``DowngradeMissing``."""
        return "".join(part.capitalize() for part in self.id.split("-"))


_DECLARED = """\
# alembic-ci: irreversible the old addresses are gone
def downgrade() -> None:
    raise NotImplementedError
"""

RULES = (
    Rule(
        id="upgrade-failed",
        level=Level.ERROR,
        title="The upgrade raises an error",
        harm="The deploy stops at this revision. On a database without transactional DDL (MySQL, "
        "MariaDB) what the revision did before the error stays.",
        way_out="Correct upgrade(). When it fails only on tables that hold rows, change the data "
        "first and the schema afterwards, or split the revision.",
        bad='op.add_column("users", sa.Column("email", sa.String(), nullable=False))\n',
        good='op.add_column("users", sa.Column("email", sa.String(), server_default="", '
        "nullable=False))\n",
    ),
    Rule(
        id="downgrade-failed",
        level=Level.ERROR,
        title="The downgrade raises an error",
        harm="A rollback of the deploy stops half way, in the middle of an incident.",
        way_out="Correct downgrade(): undo in the opposite order of upgrade(), by the names that "
        "upgrade() gave. A downgrade that cannot be is declared irreversible.",
        bad='def downgrade() -> None:\n    op.drop_index("ix_order_dya")\n',
        good='def downgrade() -> None:\n    op.drop_index("ix_order_day", table_name="orders")\n',
    ),
    Rule(
        id="downgrade-missing",
        level=Level.ERROR,
        title="There is an upgrade and no downgrade",
        harm="Alembic reports a successful downgrade that did nothing; the next upgrade fails, "
        "because everything is there already.",
        way_out="Write downgrade(), or declare the revision irreversible with a reason.",
        bad="def downgrade() -> None:\n    pass\n",
        good=_DECLARED,
    ),
    Rule(
        id="rollback-residue",
        level=Level.ERROR,
        title="The downgrade does not restore the schema",
        harm="After a rollback the database is in a state that no revision describes: the old "
        "release meets objects it does not know, or misses some that it needs.",
        way_out="Make downgrade() undo exactly what upgrade() does. Types of PostgreSQL outlive "
        "the table they were made for and have to be dropped by name.",
        bad='def downgrade() -> None:\n    op.drop_table("orders")\n',
        good='def downgrade() -> None:\n    op.drop_table("orders")\n'
        '    sa.Enum(name="order_status").drop(op.get_bind())\n',
    ),
    Rule(
        id="version-rows-left",
        level=Level.ERROR,
        title="The downgrade leaves a revision and its ancestor in the version table",
        harm="After a rollback Alembic refuses every upgrade, because the two overlap.",
        way_out="Name only the later one, as down_revision. Databases that have the revision need "
        "nothing for it. A database that stands there already is mended with `stamp`.",
        bad='down_revision = "0004"\ndepends_on = "0005a"  # which stands on 0004 itself\n',
        good='down_revision = "0005a"\ndepends_on = None\n',
    ),
    Rule(
        id="upgrade-not-repeatable",
        level=Level.ERROR,
        title="The second upgrade fails or gives another schema",
        harm="After a rollback the same release cannot be deployed again, or is deployed on "
        "another schema than the first time.",
        way_out="Look at what downgrade() leaves behind, and at what upgrade() does only when "
        "something is missing.",
        bad='op.execute("CREATE TABLE IF NOT EXISTS audit (id int)")\n',
        good='op.create_table("audit", sa.Column("id", sa.Integer(), primary_key=True))\n',
    ),
    Rule(
        id="round-trip",
        level=Level.ERROR,
        title="All revisions in one go fail where each alone is right",
        harm="A deploy of several revisions, or its rollback, fails although each one was tested.",
        way_out="Look at what the revisions share: objects, transactions, state in env.py.",
        bad="op.execute(\"ALTER TYPE status ADD VALUE 'sent'\")  # and its use in the next "
        "revision\n",
        good="with op.get_context().autocommit_block():\n"
        "    op.execute(\"ALTER TYPE status ADD VALUE 'sent'\")\n",
    ),
    Rule(
        id="data-loss",
        level=Level.WARNING,
        title="Values of rows are lost",
        harm="What the revision throws away is in no database any more; only a backup has it.",
        way_out="Copy the values to a place from which the way back restores them, take a backup "
        "before the deploy, or drop the column one release after the code stopped using it.",
        bad='op.drop_column("orders", "status")\n',
        good='op.execute("INSERT INTO orders_status_old SELECT id, status FROM orders")\n'
        'op.drop_column("orders", "status")\n',
    ),
    Rule(
        id="duplicates",
        level=Level.WARNING,
        title="A new unique key is refused where two rows are alike",
        harm="CI is green on its distinct rows, and the deploy fails where people have entered a "
        "value twice.",
        way_out="Resolve duplicates before the key is made, in the same revision or in one that is "
        "deployed earlier.",
        bad='op.create_index("one_email", "users", ["email"], unique=True)\n',
        good='op.execute("UPDATE users SET email = NULL WHERE id IN (SELECT ...)")\n'
        'op.create_index("one_email", "users", ["email"], unique=True)\n',
    ),
    Rule(
        id="implicit-default",
        level=Level.WARNING,
        title="The server chooses the values of a new column",
        harm="MariaDB and MySQL fill a column that may not be NULL and has no default with 0, an "
        "empty text or the first label, in every row that is there. Nobody can tell such values "
        "from real ones later, and PostgreSQL and SQLite refuse the same revision.",
        way_out="Give the column a server_default, or add it nullable, fill it with op.execute(), "
        "and only then forbid NULL.",
        bad='op.add_column("users", sa.Column("age", sa.Integer(), nullable=False))\n',
        good='op.add_column("users", sa.Column("age", sa.Integer()))\n'
        'op.execute("UPDATE users SET age = ...")\n'
        'op.alter_column("users", "age", existing_type=sa.Integer(), nullable=False)\n',
    ),
    Rule(
        id="irreversible",
        level=Level.NOTE,
        title="The revision is declared impossible to roll back",
        harm="A deploy that includes it can only be repaired by going forward.",
        way_out="Deploy it alone, after a backup, when the release before it works with both "
        "schemas.",
        bad="def downgrade() -> None:\n    raise NotImplementedError\n",
        good=_DECLARED,
    ),
    Rule(
        id="offline-differs",
        level=Level.NOTE,
        title="Offline mode renders other SQL than runs",
        harm="Whoever applies the output of `alembic upgrade --sql` gets another database: Alembic "
        "writes NULL for parameters of executed statements, raw bytes, and spaces for tabs.",
        way_out="Apply the script that alembic-ci writes: it has what ran. In the revision, give "
        "values with bindparams(), and do nothing that depends on is_offline_mode().",
        bad='op.get_bind().execute(sa.text("UPDATE users SET plan = :plan"), {"plan": "free"})\n',
        good='op.execute(sa.text("UPDATE users SET plan = :plan").bindparams(plan="free"))\n',
    ),
    Rule(
        id="unseen-sql",
        level=Level.WARNING,
        title="The revision uses the driver directly, and its SQL is not in the script",
        harm="Nobody reviews what a cursor of the driver executes, and a script that is applied by "
        "hand leaves it out.",
        way_out="Let SQLAlchemy execute it: op.execute(), or exec_driver_sql() for SQL as the "
        "driver reads it.",
        bad="cursor = op.get_bind().connection.cursor()\n"
        "cursor.execute(\"UPDATE users SET plan = 'free'\")\n",
        good="op.execute(\"UPDATE users SET plan = 'free'\")\n",
    ),
    Rule(
        id="env-statement",
        level=Level.NOTE,
        title="env.py executes something that is not in the scripts",
        harm="A script that is applied by hand to another database lacks it. What only sets the "
        "session, or makes what is not there yet, is in the scripts.",
        way_out="Move it into a revision, or write it so that it may be executed twice.",
        bad='connection.execute(sa.text("CREATE SCHEMA shop"))\n',
        good='connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS shop"))\n',
    ),
    Rule(
        id="unrendered-revision",
        level=Level.NOTE,
        title="The SQL of the revision cannot be known before it runs",
        harm="Nobody can read its SQL before it runs, and the script stops where it should be.",
        way_out="Give the run a scratch database, on which the revision is run to see its SQL; or "
        "write it with op.execute() and statements that read nothing in Python.",
        bad='for row in op.get_bind().execute(sa.text("SELECT id FROM users")):\n    ...\n',
        good='op.execute("UPDATE users SET name = trim(name)")\n',
    ),
    Rule(
        id="silent-rollback",
        level=Level.ERROR,
        title="Alembic reports success and nothing has changed",
        harm="The deploy goes on with a database that never got the migration.",
        way_out="Use the connection for nothing before context.configure() in env.py, or commit "
        "what was begun there.",
        bad='connection.execute(sa.text("SET search_path TO app"))\n'
        "context.configure(connection=connection)\n",
        good='connection.execute(sa.text("SET search_path TO app"))\nconnection.commit()\n'
        "context.configure(connection=connection)\n",
    ),
    Rule(
        id="unsound-history",
        level=Level.ERROR,
        title="The revisions do not make one sound history",
        harm="Alembic refuses to upgrade, or leaves revisions out: two heads, a missing parent, an "
        "id that is used twice, or a database at a revision that the project does not have.",
        way_out="Merge the heads or point one revision at the other; bring a missing file back.",
        bad="alembic-ci upgrade --target heads\n",
        good='alembic-ci alembic -- merge heads -m "merge"\nalembic-ci upgrade\n',
        language="sh",
    ),
    Rule(
        id="destructive-statement",
        level=Level.WARNING,
        title="A statement destroys data",
        harm="The rows, or the values of a column, are in no database any more after it; or the "
        "new type of a column has no room for some values, which are cut or make the deploy fail.",
        way_out="Take a backup before the deploy, or keep what is destroyed until no release "
        "needs it: rename now, drop later. Before a column gets narrower, look for values that "
        "do not fit.",
        bad='op.drop_table("orders_2019")\n',
        good='op.rename_table("orders_2019", "old_orders_2019")\n',
    ),
    Rule(
        id="table-rewrite",
        level=Level.WARNING,
        title="A statement writes a whole table anew",
        harm="Nobody can write to the table, and mostly not read it, for as long as that takes.",
        way_out="Run it when nobody needs the table, or add a new column, fill it in batches and "
        "switch.",
        bad='op.alter_column("orders", "id", type_=sa.BigInteger())\n',
        good='op.add_column("orders", sa.Column("big_id", sa.BigInteger()))\n',
    ),
    Rule(
        id="unfilled-tables",
        level=Level.WARNING,
        title="Tables could not be given rows",
        harm="Nothing is known of what the revisions do to rows of these tables.",
        way_out="Put rows of your own into `alembic-ci-rows/<revision>.sql`.",
        bad="alembic-ci rollback-test\n",
        good='echo "INSERT INTO area (shape) VALUES (...);" > alembic-ci-rows/d4f3.sql\n'
        "alembic-ci rollback-test\n",
        language="sh",
    ),
)

CATALOGUE: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})
"""The rules by id."""
