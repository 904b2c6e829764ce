"""An engine that outlives a run of env.py, as applications have one, is no reason for a verdict."""

from pathlib import Path

import pytest

from environments import ASYNC, CURRENT, OLDEST, PinnedSet
from jobs import Job, marked, url_for, variables_for
from template_projects import ADD, CREATE, REFER, Written, initialised

_ENGINE = """import os

import sqlalchemy as sa

engine = sa.create_engine(os.environ["DEV_DATABASE_URL"])
if engine.dialect.name == "sqlite":

    @sa.event.listens_for(engine, "connect")
    def _write_ahead(connection, record):
        connection.execute("PRAGMA journal_mode=WAL")
"""
_ASYNC_ENGINE = """import os

from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(os.environ["DEV_DATABASE_URL"])
"""
_ENV = """from alembic import context

from engines import engine


def migrate(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


{}
"""
_SYNC = """with engine.connect() as connection:
    migrate(connection)"""
_ASYNC = """import asyncio


async def main():
    async with engine.connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(main())"""
_FAILS_ON_ROWS = Written(
    revision="ddd4",
    down="ccc3",
    upgrade="""op.create_table("copies", sa.Column("id", sa.Integer(), primary_key=True))
op.execute("insert into copies (id) select 1 from accounts where id < 4100")""",
    downgrade='op.drop_table("copies")',
)
_RAISES = Written(
    revision="eee5",
    down="ddd4",
    upgrade='op.create_table("late", sa.Column("id", sa.Integer(), primary_key=True))',
    downgrade='op.drop_table("never_made")',
)
_UNIQUE = Written(
    revision="fff6",
    down="eee5",
    upgrade='op.create_index("accounts_name", "accounts", ["name"], unique=True)',
    downgrade='op.drop_index("accounts_name", table_name="accounts")',
)
_LAST = Written(
    revision="ggg7",
    down="fff6",
    upgrade='op.add_column("late", sa.Column("note", sa.String(20)))',
    downgrade='op.drop_column("late", "note")',
)
_HISTORY = (CREATE, ADD, REFER, _FAILS_ON_ROWS, _RAISES, _UNIQUE, _LAST)
_MATRIX = [
    ("sync", CURRENT, "sqlite"),
    ("sync", OLDEST, "postgresql+psycopg2"),
    ("sync", CURRENT, "mysql+pymysql"),
    ("async", ASYNC, "sqlite+aiosqlite"),
    ("async", ASYNC, "postgresql+asyncpg"),
]


@pytest.mark.parametrize(
    ("kind", "pinned", "driver"),
    [marked(*entry, driver=entry[2], name=f"{entry[0]}-{entry[1].name}") for entry in _MATRIX],
)
def test_each_run_of_env_has_connections_of_its_own(
    kind: str, pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = pinned.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", *_HISTORY)
    (directory / "engines.py").write_text(_ASYNC_ENGINE if kind == "async" else _ENGINE)
    (directory / "migrations" / "env.py").write_text(
        _ENV.format(_ASYNC if kind == "async" else _SYNC)
    )
    job = Job(directory=directory, python=python, variables=variables_for(url_for(driver, request)))

    done = job.run("rollback-test", "--scope=all", "--rows=3")

    assert done.verdicts() == {
        "aaa1": "passed",
        "bbb2": "passed",
        "ccc3": "passed",
        "ddd4": "passed",
        "eee5": "failed",
        "fff6": "passed",
        "ggg7": "passed",
    }, done.text
    assert "note: ddd4: upgrade raised" in done.text
    assert "fff6 fails where a value is there twice" in done.text
