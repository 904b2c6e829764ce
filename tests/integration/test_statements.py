"""What statements do to tables that hold rows, as real servers do it."""

import sys
from pathlib import Path
from typing import Any

import pytest

from jobs import Job, dialect_of, marked, url_for, variables_for
from servers import MYSQL_SERVER
from template_projects import Written, initialised

_FIRST = """
op.create_table("customers", sa.Column("id", sa.Integer(), primary_key=True))
op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("note", sa.String(100), nullable=True),
    sa.Column("code", sa.String(20), server_default="x", nullable=False),
    sa.Column("customer_id", sa.Integer(), nullable=True),
)
"""
_POSTGRESQL = """
op.add_column("orders", sa.Column("kind", sa.Integer(), server_default="1"))
op.add_column("orders", sa.Column("luck", sa.Float(), server_default=sa.text("random()")))
op.alter_column("orders", "number", type_=sa.BigInteger())
op.execute("UPDATE orders SET note = 'none' WHERE note IS NULL")
op.alter_column("orders", "note", nullable=False)
op.create_index("ix_orders_number", "orders", ["number"])
with op.get_context().autocommit_block():
    op.create_index("ix_slow", "orders", ["code"], postgresql_concurrently=True)
"""
_FOREIGN_KEY = """
op.create_table("lines", sa.Column("id", sa.Integer(), primary_key=True))
op.create_index("ix_lines", "lines", ["id"])
op.execute("UPDATE orders SET customer_id = NULL")
op.create_foreign_key("fk_customer", "orders", "customers", ["customer_id"], ["id"])
op.drop_column("orders", "code")
"""
_MYSQL = """
op.add_column("orders", sa.Column("kind", sa.Integer(), server_default="1"))
op.alter_column("orders", "number", type_=sa.BigInteger(), existing_nullable=False)
op.create_index("ix_orders_code", "orders", ["code"])
op.drop_index("ix_orders_code", table_name="orders")
op.execute("UPDATE orders SET note = 'none' WHERE note IS NULL")
op.alter_column("orders", "note", existing_type=sa.String(100), nullable=False)
op.create_check_constraint("positive", "orders", "number > -1000000000")
"""


def _statements(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest, *upgrades: str
) -> list[dict[str, Any]]:
    """Upgrade a database to the first revision, and test the others with rows."""
    job = _job(driver, tmp_path, request, _FIRST, *upgrades)
    start = job.run("upgrade", "--target=r0")
    assert start.exit_code == 0, start.text
    finished = job.run("rollback-test", "--irreversible=r1=x", "--irreversible=r2=x")
    assert finished.exit_code == 0, finished.text
    found: list[dict[str, Any]] = finished.result("rollback-test")["statements"]
    return found


def _job(driver: str, tmp_path: Path, request: pytest.FixtureRequest, *upgrades: str) -> Job:
    """Make a project with one revision for each of *upgrades*."""
    first, *others = [
        Written(
            revision=f"r{number}",
            down=f"r{number - 1}" if number else None,
            upgrade=upgrade,
            downgrade='raise NotImplementedError("no way back")',
        )
        for number, upgrade in enumerate(upgrades)
    ]
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", first, *others)
    url = url_for(driver, request)
    return Job(directory=directory, python=Path(sys.executable), variables=variables_for(url))


def _told(statement: dict[str, Any]) -> tuple[str, dict[str, str], list[str], list[str]]:
    """Say what it does, what waits for it by table, what it rewrites and what it reads."""
    locks = {lock["object"]: lock["blocks"] for lock in statement["locks"]}
    said = ", ".join(statement["actions"])
    return said, locks, statement["rewrites"], statement["scans"]


_READS, _WRITES = "reads and writes", "writes"
_COPIED: tuple[dict[str, str], list[str], list[str]] = ({"orders": _WRITES}, ["orders"], [])
_BOTH = {"orders": _WRITES, "customers": _WRITES}


@pytest.mark.parametrize("driver", [marked("postgresql+psycopg2", driver="postgresql+psycopg2")])
def test_postgresql_shows_what_each_statement_locks_rewrites_and_reads(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    found = _statements(driver, tmp_path, request, _POSTGRESQL, _FOREIGN_KEY)

    assert list(map(_told, found)) == [
        ("add column orders.kind", {"orders": _READS}, [], []),
        ("add column orders.luck", {"orders": _READS}, ["orders"], []),
        ("change type orders.number", {"orders": _READS}, ["orders"], []),
        ("update orders.note", {}, [], ["orders"]),
        ("set not null orders.note", {"orders": _READS}, [], ["orders"]),
        ("create index ix_orders_number on orders", {"orders": _WRITES}, [], ["orders"]),
        ("create index ix_slow on orders", {"orders": "schema changes"}, [], ["orders"]),
        ("create table lines", {}, [], []),
        ("create index ix_lines on lines", {}, [], []),
        ("update orders.customer_id", {}, [], []),
        ("add foreign key fk_customer on orders", _BOTH, [], ["orders"]),
        ("drop column orders.code", {"orders": _READS}, [], []),
    ]
    assert [item["line"] for item in found[:3]] == [14, 15, 16]
    assert found[3]["rows"] == 1
    assert [item["measured"] for item in found] == [True] * 6 + [False] + [True] * 5


@pytest.mark.parametrize("driver", [marked("mysql+pymysql", driver="mysql+pymysql")])
def test_mariadb_shows_the_least_algorithm_that_each_statement_needs(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    index = "NOCOPY" if MYSQL_SERVER == "mariadb" else "INPLACE"

    found = _statements(driver, tmp_path, request, _MYSQL, _FOREIGN_KEY)

    assert [(item["algorithm"], *_told(item)) for item in found] == [
        ("INSTANT", "add column orders.kind", {}, [], []),
        ("COPY", "change column orders.number", *_COPIED),
        (index, "create index ix_orders_code on orders", {}, [], []),
        (index, "drop index ix_orders_code on orders", {}, [], []),
        (None, "update orders.note", {}, [], []),
        ("INPLACE", "change column orders.note", {}, [], []),
        ("COPY", "add check positive on orders", *_COPIED),
        (None, "create table lines", {}, [], []),
        (None, "create index ix_lines on lines", {}, [], []),
        (None, "update orders.customer_id", {}, [], []),
        ("COPY", "add foreign key fk_customer on orders", *_COPIED),
        ("INSTANT", "drop column orders.code", {}, [], []),
    ]
    assert found[-1]["loses"] == ["the values of orders.code"]


_NARROWED = {
    "postgresql": "orders.note from varchar(100) to varchar(10): longer values are cut or refused",
    "mysql": "orders.note from varchar(100) to varchar(10): longer values are cut or refused",
    "sqlite": "orders.note from VARCHAR(100) to INTEGER: texts are cut to the number that they "
    "begin with, or 0",
}
_NARROWS = {
    "postgresql": 'op.alter_column("orders", "note", type_=sa.String(10))',
    "mysql": 'op.alter_column("orders", "note", type_=sa.String(10), existing_nullable=True)',
    "sqlite": 'with op.batch_alter_table("orders") as batch:\n'
    '    batch.alter_column("note", type_=sa.Integer())',
}
_DRIVERS = [
    marked(driver, driver=driver) for driver in ("postgresql+psycopg2", "mysql+pymysql", "sqlite")
]


@pytest.mark.parametrize("rows", ["--rows=3", "--rows=0"])
@pytest.mark.parametrize("driver", _DRIVERS)
def test_a_statement_that_narrows_a_column_is_told_to_destroy(
    driver: str, rows: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With rows or without them: what a short value survives, a longer one does not."""
    job = _job(driver, tmp_path, request, _FIRST, _NARROWS[dialect_of(driver)])
    job.passed("upgrade", "--target=r0")

    finished = job.run("run", "--steps=sql,rollback-test", rows, "--irreversible=r1=x")

    said = _NARROWED[dialect_of(driver)]
    assert said.partition(" ")[0] in finished.text
    assert f"narrows {said}" in " ".join(finished.text.split())
    told = (job.directory / "alembic-ci-report" / "findings.sarif").read_text("utf-8")
    assert (
        f'"ruleId": "{"data-loss" if "loses data" in finished.text else "destructive-statement"}"'
        in told
    )
