"""Write an Alembic project with a history of any length, for benchmarks.

``python generate.py 1000 /tmp/long`` makes ``/tmp/long/alembic.ini`` and 1,000 revisions, in turns
of eight kinds: create table, add column, index, foreign key, int to bigint, enum column, data,
child table with unique constraint and index. The same files run on PostgreSQL, MySQL, MariaDB and
SQLite, and every downgrade restores the schema.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import indent

_TEMPLATE = Path(__file__).with_name("branches")  # any case whose env.py is the plain one

_MODULE = '''"""{message} {turn}"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down_revision}
branch_labels = None
depends_on = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''

# (message, upgrade, downgrade); T stands for the turn's number. Foreign keys point to the turn's
# own table or to accounts, never along a chain: SQLite's batch mode would reflect all of it.
_FIRST = (
    "create accounts",
    """op.create_table(
    "accounts",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
)""",
    'op.drop_table("accounts")',
)
_KINDS = (
    (
        "create table",
        """op.create_table(
    "itemsT",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("amount", sa.Integer(), nullable=False),
)""",
        'op.drop_table("itemsT")',
    ),
    (
        "add column",
        'op.add_column("itemsT", sa.Column("note", sa.String(50), server_default="none"))',
        'op.drop_column("itemsT", "note")',
    ),
    (
        "create index",
        'op.create_index("ix_itemsT_name", "itemsT", ["name"])',
        'op.drop_index("ix_itemsT_name", table_name="itemsT")',
    ),
    (
        "add foreign key",
        """with op.batch_alter_table("itemsT") as batch:
    batch.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
    batch.create_foreign_key("fk_itemsT_account", "accounts", ["account_id"], ["id"])""",
        """with op.batch_alter_table("itemsT") as batch:
    batch.drop_constraint("fk_itemsT_account", type_="foreignkey")
    batch.drop_column("account_id")""",
    ),
    (
        "widen integer",
        """with op.batch_alter_table("itemsT") as batch:
    batch.alter_column(
        "amount", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False
    )""",
        """with op.batch_alter_table("itemsT") as batch:
    batch.alter_column(
        "amount", type_=sa.Integer(), existing_type=sa.BigInteger(), existing_nullable=False
    )""",
    ),
    (
        "add enum",
        """if op.get_context().dialect.name == "postgresql":
    op.execute("CREATE TYPE colourT AS ENUM ('RED', 'BLUE')")
colour = sa.Enum("RED", "BLUE", name="colourT").with_variant(
    postgresql.ENUM("RED", "BLUE", name="colourT", create_type=False), "postgresql"
)
op.add_column("itemsT", sa.Column("colour", colour, nullable=True))""",
        """op.drop_column("itemsT", "colour")
if op.get_context().dialect.name == "postgresql":
    op.execute("DROP TYPE colourT")""",
    ),
    (
        "change data",
        """op.execute("INSERT INTO itemsT (name, amount) VALUES ('first', 1)")
op.execute("UPDATE itemsT SET amount = amount + 1")""",
        "op.execute(\"DELETE FROM itemsT WHERE name = 'first'\")",
    ),
    (
        "create child table",
        """op.create_table(
    "partsT",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("item_id", sa.Integer(), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(["item_id"], ["itemsT.id"], name="fk_partsT_item"),
    sa.UniqueConstraint("code", name="uq_partsT_code"),
)
op.create_index("ix_partsT_item", "partsT", ["item_id"])""",
        'op.drop_table("partsT")',
    ),
)


def write_history(folder: Path, count: int, *, batch: bool = True) -> None:
    """Write a project of *count* revisions, ``000001`` to *count*, into a new or empty folder.

    Without *batch* there are six kinds, which Alembic can render for SQLite without a database.
    """
    kinds = tuple(kind for kind in _KINDS if batch or "batch_alter_table" not in kind[1])
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    shutil.copy(_TEMPLATE / "alembic.ini", folder)
    for name in ("env.py", "script.py.mako"):
        shutil.copy(_TEMPLATE / "migrations" / name, folder / "migrations")
    for number in range(1, count + 1):
        (versions / f"{number:06}.py").write_text(module(number, kinds))


def module(number: int, kinds: Sequence[tuple[str, str, str]] = _KINDS) -> str:
    """Return the text of one revision's file; the first is number 1."""
    turn = f"{(number - 2) // len(kinds) + 1:04}"
    kind = _FIRST if number == 1 else kinds[(number - 2) % len(kinds)]
    message, upgrade, downgrade = (
        text.replace("itemsT", f"items{turn}")
        .replace("partsT", f"parts{turn}")
        .replace("colourT", f"colour{turn}")
        for text in kind
    )
    return _MODULE.format(
        message=message,
        turn=turn,
        revision=f"{number:06}",
        down_revision=f'"{number - 1:06}"' if number > 1 else None,
        upgrade=indent(upgrade, "    "),
        downgrade=indent(downgrade, "    "),
    )


if __name__ == "__main__":
    write_history(Path(sys.argv[2]), int(sys.argv[1]))
