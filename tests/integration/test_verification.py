"""What a new connection sees when Alembic says that all is done."""

from pathlib import Path

import pytest

from accidents import add_revision, on, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from environments import ASYNC

_WITH = "    with connectable.connect() as connection:\n        context.configure("
_RUN = """        with context.begin_transaction():
            context.run_migrations()
"""
_ASYNC = """
import asyncio
from alembic import context
from sqlalchemy import pool
from sqlalchemy.ext.asyncio import create_async_engine

url = context.config.get_main_option("sqlalchemy.url").replace("+psycopg2", "+asyncpg")


def migrate(connection):
    connection.exec_driver_sql("select 1")
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def online():
    async with create_async_engine(url, poolclass=pool.NullPool).connect() as connection:
        await connection.run_sync(migrate)


asyncio.run(online())
"""


def rewritten(directory: Path, **changes: str) -> None:
    """Put other code into env.py: ``opening`` for what connects, ``run`` for what migrates."""
    env = directory / "migrations/env.py"
    text = env.read_text()
    for old, new in ((_WITH, changes.get("opening")), (_RUN, changes.get("run"))):
        assert text.count(old) == 1
        text = text.replace(old, new or old)
    env.write_text(text)


@pytest.mark.postgresql
@pytest.mark.parametrize("cause", ["begin without commit", "autobegin", "run_sync", "swallowed"])
def test_a_success_that_did_not_happen_is_told_with_its_cause(
    cause: str, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    python: list[str] = []
    match cause:
        case "begin without commit":
            begun = _WITH.replace("context.", "connection.begin()\n        context.")
            rewritten(directory, opening=begun)
        case "autobegin":
            asked = 'connection.exec_driver_sql("select 1")\n        context.'
            rewritten(directory, opening=_WITH.replace("context.", asked))
        case "run_sync":
            (directory / "migrations/env.py").write_text(_ASYNC)
            python = [f"--python={ASYNC.interpreter()}"]
        case _:
            caught = "".join(f"    {line}\n" for line in _RUN.splitlines())
            rewritten(
                directory,
                run=f"        try:\n{caught}        except Exception:\n            pass\n",
            )
            add_revision(directory, 'op.execute("SELECT nonsense")')

    failed = run(directory, "upgrade", *python, variables=on(postgresql_url))

    problem = told(failed)
    assert failed.exit_code == 1
    if cause == "swallowed":
        assert (problem["failure_class"], problem["revision"]) == ("migration", "0004")
        assert "env.py caught the error" in problem["meaning"]
        return
    assert problem["failure_class"] == "silent-rollback"
    assert "Alembic reported success, but the database is still at base" in problem["problem"]
    for word in ("never commits", "before context.configure()", "run_sync()"):
        assert word in problem["meaning"]


@pytest.mark.postgresql
def test_an_invalid_index_is_told_new_ones_fail_and_old_ones_do_not(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE TABLE pairs (id INTEGER)")
        control.execute("INSERT INTO pairs VALUES (1), (1)")
    directory = project(tmp_path)
    add_revision(
        directory,
        "with op.get_context().autocommit_block():\n"
        "    try:\n"
        '        op.execute("CREATE UNIQUE INDEX CONCURRENTLY pairs_id ON pairs (id)")\n'
        "    except Exception:\n"
        "        pass",
    )

    failed = run(directory, "upgrade", variables=on(postgresql_url))
    problem = told(failed)
    again = run(directory, "downgrade", "--target=0003", variables=on(postgresql_url))

    assert (failed.exit_code, problem["failure_class"]) == (1, "invalid-index")
    assert "pairs_id" in problem["problem"]
    assert "REINDEX INDEX CONCURRENTLY" in problem["remedy"]
    assert again.exit_code == 0
    assert "pairs_id of table pairs is invalid, and was before" in again.stdout.replace('"', "")


@pytest.mark.postgresql
@pytest.mark.parametrize("asked", [True, False])
def test_a_constraint_is_left_unvalidated_only_when_that_was_asked_for(
    *, asked: bool, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE TABLE pairs (id INTEGER)")
    directory = project(tmp_path)
    statement = "ALTER TABLE pairs ADD CONSTRAINT small CHECK (id < 9) NOT VALID"
    hidden = (
        f"DO $$ BEGIN EXECUTE '{statement.replace('NOT VALID', '')}' || 'NOT' || ' VALID'; END $$"
    )
    add_revision(directory, f'op.execute("{statement if asked else hidden}")')

    done = run(directory, "upgrade", variables=on(postgresql_url))

    if asked:
        assert done.exit_code == 0
        assert "constraint small of table pairs is NOT VALID until" in done.stdout
        return
    assert (done.exit_code, told(done)["failure_class"]) == (1, "unvalidated-constraint")
    assert "VALIDATE CONSTRAINT small" in told(done)["remedy"]


@pytest.mark.postgresql
def test_a_session_that_env_py_leaves_in_a_transaction_is_told(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    rewritten(
        directory,
        opening=_WITH.replace(
            "    with connectable.connect() as connection:\n",
            "    import sys\n    sys.kept = connection = connectable.connect()\n    if True:\n",
        ),
        run=f'{_RUN}        connection.exec_driver_sql("SELECT 1")\n',
    )

    done = run(directory, "upgrade", variables=on(postgresql_url))

    assert done.exit_code == 0, done.everything
    assert "left its session in the middle of a transaction" in done.stdout


@pytest.mark.parametrize(
    "name",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ],
)
def test_the_schema_is_held_against_what_its_revisions_make(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url: DatabaseURL = request.getfixturevalue(f"{name}_url")
    directory = project(tmp_path)
    variables = {"DATABASE_URL": url.render()} if name == "sqlite" else on(url)
    if name != "sqlite":
        variables["SCRATCH_DATABASE_URL"] = url.render()

    same = run(directory, "upgrade", "--verify=schema", variables=variables)
    with Control.open(url, timeout=5) as control:
        control.execute("ALTER TABLE dishes ADD COLUMN by_hand INTEGER")
    other = run(directory, "upgrade", "--verify=schema", variables=variables)

    assert same.exit_code == 0, same.everything
    problem = told(other)
    assert (other.exit_code, problem["failure_class"]) == (3, "schema-differs")
    (difference,) = other.step("upgrade")["result"]["differences"]
    assert difference["text"].startswith("the database has column `dishes.by_hand`")
    assert "by_hand" in other.stdout
