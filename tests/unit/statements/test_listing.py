"""What a plan of revisions does to tables that were there before it."""

import pytest

from alembic_ci.model import Blocks, Direction, Risk, Statement, risk
from alembic_ci.statements import Script, Text, listed
from alembic_ci.urls import Dialect

POSTGRESQL, MYSQL, SQLITE = Dialect.POSTGRESQL, Dialect.MYSQL, Dialect.SQLITE


def _listed(*scripts: str, dialect: Dialect = POSTGRESQL) -> tuple[Statement, ...]:
    """List the statements of one revision for each script."""
    return listed(
        [
            Script(revision=f"r{number}", direction=Direction.UP, texts=(Text(sql=sql),))
            for number, sql in enumerate(scripts)
        ],
        dialect,
    )


LOCKS = [
    ("ALTER TABLE o ADD COLUMN a int", [("o", Blocks.READS)]),
    ("CREATE INDEX ix ON o (a)", [("o", Blocks.WRITES)]),
    ("CREATE INDEX CONCURRENTLY ix ON o (a)", [("o", Blocks.SCHEMA)]),
    ("REFRESH MATERIALIZED VIEW CONCURRENTLY o", [("o", Blocks.SCHEMA)]),
    (
        "ALTER TABLE o ADD FOREIGN KEY (a) REFERENCES p (a)",
        [("o", Blocks.WRITES), ("p", Blocks.WRITES)],
    ),
    ("CREATE TABLE n (a int REFERENCES p (a))", [("p", Blocks.WRITES)]),
    ("ALTER TABLE o VALIDATE CONSTRAINT c", [("o", Blocks.SCHEMA)]),
    ("DROP TYPE color", []),
    ("DROP SCHEMA s CASCADE", []),
    ("INSERT INTO o VALUES (1)", []),
]


@pytest.mark.parametrize(("sql", "locks"), LOCKS, ids=[sql for sql, _ in LOCKS])
def test_the_text_tells_what_is_locked(sql: str, locks: list[tuple[str, Blocks]]) -> None:
    (statement,) = _listed(sql)

    assert [(lock.object, lock.blocks) for lock in statement.locks] == locks
    assert not statement.measured


@pytest.mark.parametrize(
    ("sql", "scanned"),
    [
        ("ALTER TABLE o ALTER a SET NOT NULL", ("o",)),
        ("ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0)", ("o",)),
        ("ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0) NOT VALID", ()),
        ("ALTER TABLE o ADD CONSTRAINT c UNIQUE USING INDEX ix", ()),
        ("ALTER TABLE o ADD COLUMN a int", ()),
    ],
)
def test_the_text_tells_what_is_read_from_end_to_end(sql: str, scanned: tuple[str, ...]) -> None:
    assert _listed(sql)[0].scans == scanned


def test_what_the_plan_made_itself_is_neither_locked_nor_lost() -> None:
    found = _listed(
        "CREATE TABLE n (a int); ALTER TABLE o ADD COLUMN b int; UPDATE o SET b = 1",
        "CREATE INDEX ix ON public.N (a); ALTER TABLE n DROP COLUMN a; ALTER TABLE n RENAME TO m",
        "DELETE FROM m; DROP TABLE m",
    )

    assert [item.risk for item in found] == [Risk.NONE, Risk.LOCKS_READS, *[Risk.NONE] * 6]


def test_an_update_of_old_columns_destroys_their_values() -> None:
    found = _listed("ALTER TABLE o ADD COLUMN b int; UPDATE o SET b = 1, a = 2")

    assert found[1].loses == ("the old values of o.b, o.a in every row",)


def test_a_table_copied_in_batch_mode_is_rewritten_and_not_lost() -> None:
    found = _listed(
        "CREATE TABLE _alembic_tmp_o (a int); INSERT INTO _alembic_tmp_o (a) SELECT o.a FROM o; "
        "DROP TABLE o; ALTER TABLE _alembic_tmp_o RENAME TO o; DROP TABLE o",
        dialect=SQLITE,
    )

    assert [item.rewrites for item in found] == [(), ("o",), (), (), ()]
    assert [item.risk for item in found][:4] == [Risk.NONE, Risk.REWRITES, Risk.NONE, Risk.NONE]
    assert found[1].actions == ("copy table o",)


def test_transactions_and_the_version_table_are_left_out() -> None:
    found = _listed(
        "BEGIN; CREATE TABLE alembic_version (version_num VARCHAR(32)); ALTER TABLE o ADD a int; "
        "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a'; COMMIT"
    )

    assert [item.text for item in found] == ["ALTER TABLE o ADD a int"]


def test_the_risk_of_statements_is_the_worst_of_them() -> None:
    def of(*scripts: str) -> Risk:
        return risk(_listed(*scripts))

    index, column = "CREATE INDEX ix ON o (a)", "ALTER TABLE o ADD a int"
    assert of("CREATE TABLE n (a int)") is Risk.NONE
    assert of(index) is Risk.LOCKS_WRITES
    assert of(index, column) is Risk.LOCKS_READS
    assert of(column, "VACUUM FULL o", index) is Risk.REWRITES
    assert of("DROP TABLE p", "VACUUM FULL o") is Risk.DESTROYS
