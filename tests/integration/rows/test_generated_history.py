"""The generated histories of the benchmarks, proved with rows in every table."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, NullPool, create_engine

from alembic_ci.database.control import Control
from alembic_ci.database.rows import Loss, losses
from alembic_ci.urls import DatabaseURL
from integration.rows.scratch import Scratch
from projects.generate import module

_REVISIONS = 18  # two turns of the eight kinds, and what comes before and after


@pytest.fixture
def connection(any_database_url: DatabaseURL) -> Iterator[Connection]:
    """A connection as a project has one."""
    drivers = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql"}
    name = any_database_url.drivername
    url = replace(any_database_url, drivername=drivers.get(name, name), written="")
    engine = create_engine(url.render(), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture
def scratch(any_database_url: DatabaseURL) -> Iterator[Scratch]:
    with Control.open(any_database_url, timeout=10) as control:
        yield Scratch(control)


def _step(connection: Connection, number: int, direction: str) -> None:
    namespace: dict[str, Callable[[], None]] = {}
    exec(module(number), namespace)
    with connection.begin(), Operations.context(MigrationContext.configure(connection)):
        namespace[direction]()


def test_every_revision_is_proved_with_rows_in_every_table(
    connection: Connection, scratch: Scratch
) -> None:
    for number in range(1, _REVISIONS + 1):
        assert scratch.filler.fill() == ()
        before = scratch.filler.contents()
        _step(connection, number, "upgrade")
        assert losses(before, scratch.filler.contents()) == _expected(number)
        _step(connection, number, "downgrade")
        assert losses(before, scratch.filler.contents()) == _expected(number)
        _step(connection, number, "upgrade")
    assert scratch.filler.fill() == ()


def test_values_of_a_column_made_again_are_lost(connection: Connection, scratch: Scratch) -> None:
    _step(connection, 1, "upgrade")
    _step(connection, 2, "upgrade")
    _step(connection, 3, "upgrade")
    scratch.filler.fill(["items0001"])
    before = scratch.filler.contents()

    _step(connection, 3, "downgrade")
    _step(connection, 3, "upgrade")

    assert losses(before, scratch.filler.contents()) == (
        Loss(table="items0001", column="note", lost=2, of=3),
    )


def _expected(number: int) -> tuple[Loss, ...]:
    """Return what the revision that changes data does to the rows on purpose."""
    changes_data = number % 8 == 0
    if not changes_data:
        return ()
    turn = f"items{number // 8:04}"
    return (Loss(table=turn, column="amount", lost=3, of=3),)
