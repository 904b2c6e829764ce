"""Two hundred revisions that roll back cleanly: nothing may be said of any of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from random import Random

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.model import Phase
from alembic_ci.urls import DatabaseURL, Dialect
from alembic_ci.wording import residue
from clean_pairs import Change, Pairs


class Project:
    """What env.py would be: Alembic's operations on a connection of its own."""

    def __init__(self, engine: sa.Engine) -> None:
        self.statements: list[str] = []
        self._engine = engine
        sa.event.listen(engine, "before_cursor_execute", self._note)
        if engine.dialect.name == "sqlite":
            sa.event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA synchronous=OFF"))

    def run(self, change: Change) -> list[str]:
        """Run one step and return the statements it made."""
        self.statements.clear()
        with self._engine.begin() as connection:
            change(Operations(MigrationContext.configure(connection)))
        return self.statements

    def _note(self, *event: object) -> None:
        self.statements.append(str(event[2]))


@contextmanager
def project(url: DatabaseURL) -> Iterator[Project]:
    driver = "mysql+pymysql" if url.dialect is Dialect.MYSQL else "sqlite"
    engine = sa.create_engine(replace(url, drivername=driver, written="").render())
    try:
        yield Project(engine)
    finally:
        engine.dispose()


@pytest.mark.mysql
def test_nothing_is_said_of_clean_revisions_on_mysql(mysql_url: DatabaseURL) -> None:
    with Control.open(mysql_url, timeout=30) as control, project(mysql_url) as env:
        tracker = MySQLTracker(control.query)
        tracker.start()
        for pair in islice(Pairs(Random(7), mysql=True), 200):
            deltas = []
            for change in (pair.up, pair.down, pair.up):
                tracker.touched(env.run(change))
                deltas.append(tracker.advance())
            up, down, again = deltas

            assert not residue(up.then(down), Phase.DOWN)[0], pair.about
            assert not residue(down.then(again), Phase.SECOND_UP)[0], pair.about
        assert not tracker.resync()


def test_nothing_is_said_of_clean_revisions_on_sqlite(sqlite_url: DatabaseURL) -> None:
    with project(sqlite_url) as env:
        env.run(lambda op: op.execute("PRAGMA user_version = 1"))
        with Control.open(sqlite_url, timeout=5) as control:
            tracker = SQLiteTracker(control.query)
            tracker.start()
            for pair in islice(Pairs(Random(7), mysql=False), 200):
                tracker.touched(env.run(pair.up))
                up = tracker.advance()
                tracker.touched(env.run(pair.down))
                down = tracker.advance()
                tracker.touched(env.run(pair.up))
                again = tracker.advance()

                assert not residue(up.then(down), Phase.DOWN)[0], pair.about
                assert not residue(down.then(again), Phase.SECOND_UP)[0], pair.about
            assert not tracker.resync()
