"""Locks that are not free, deadlocks and lost connections: tried again when that is safe."""

import re
import threading
import time
from pathlib import Path

import pytest

from accidents import add_revision, heard, on, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import Run, finished, start
from environments import ASYNC

BUSY = "CREATE TABLE busy (id INTEGER)"
QUICK = ("--lock-timeout=1", "--retries=1")


def made(url: DatabaseURL) -> None:
    with Control.open(url, timeout=5) as control:
        control.execute(BUSY)


def until_tried_again(
    directory: Path, url: DatabaseURL, *arguments: str, name: str = "a client"
) -> tuple[Run, str]:
    """Run while somebody reads the table ``busy``, who lets go once a second try is announced."""
    with Control.open(url, timeout=5) as reader:
        if url.dialect == "postgresql":
            reader.execute(f"SET application_name = '{name}'")
        reader.execute("BEGIN")
        reader.query("SELECT * FROM busy")
        process = start(["upgrade", *arguments], directory=directory, variables=on(url))
        said = heard(process, ": try 1 of")
        reader.execute("ROLLBACK")
    return finished(process, directory), said


@pytest.mark.postgresql
@pytest.mark.parametrize("driver", ["postgresql+psycopg2", "postgresql+asyncpg"])
def test_a_lock_on_postgresql_is_tried_again_and_its_holder_named(
    driver: str, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    made(postgresql_url)
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("ALTER TABLE busy ADD COLUMN b INTEGER")')
    if driver.endswith("asyncpg"):
        make_async(directory)

    python = [f"--python={ASYNC.interpreter()}"] if driver.endswith("asyncpg") else []

    passed, said = until_tried_again(directory, postgresql_url, *QUICK, *python)

    result = passed.step("upgrade")["result"]
    assert passed.exit_code == 0, passed.everything
    assert result["applied"] == ["0001", "0003", "0004"]
    (retry,) = result["retries"]
    assert (retry["revision"], retry["code"]) == ("0004", "55P03")
    assert "a client" in retry["blocked_by"][0]
    assert "idle in transaction" in retry["blocked_by"][0]
    assert "development waits for a lock of session" in said
    assert "held by session" in said.splitlines()[-1]
    assert "nothing of it stayed, tried again" in passed.stdout


def make_async(directory: Path) -> None:
    """Make env.py go through asyncpg, as the async template does."""
    env = directory / "migrations/env.py"
    env.write_text(
        "import asyncio\n"
        "from alembic import context\n"
        "from sqlalchemy import pool\n"
        "from sqlalchemy.ext.asyncio import create_async_engine\n\n"
        'url = context.config.get_main_option("sqlalchemy.url")\n'
        'url = url.replace("+psycopg2", "+asyncpg")\n\n'
        "def migrate(connection):\n"
        "    context.configure(connection=connection)\n"
        "    with context.begin_transaction():\n"
        "        context.run_migrations()\n\n"
        "async def online():\n"
        "    engine = create_async_engine(url, poolclass=pool.NullPool)\n"
        "    async with engine.connect() as connection:\n"
        "        await connection.run_sync(migrate)\n\n"
        "asyncio.run(online())\n"
    )


@pytest.mark.mysql
def test_a_lock_on_mariadb_is_tried_again_when_the_revision_had_done_nothing(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    made(mysql_url)
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("ALTER TABLE busy ADD COLUMN b INTEGER")')

    passed, _ = until_tried_again(directory, mysql_url, *QUICK)

    assert passed.exit_code == 0, passed.everything
    (retry,) = passed.step("upgrade")["result"]["retries"]
    assert (retry["revision"], retry["code"]) == ("0004", "1205")
    assert retry["blocked_by"][0].startswith("session ")


@pytest.mark.mysql
def test_a_lock_on_mariadb_is_not_tried_again_when_half_the_revision_stays(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    made(mysql_url)
    directory = project(tmp_path)
    add_revision(
        directory,
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        'op.execute("ALTER TABLE busy ADD COLUMN b INTEGER")',
    )
    with Control.open(mysql_url, timeout=5) as reader:
        reader.execute("BEGIN")
        reader.query("SELECT * FROM busy")
        failed = run(directory, "upgrade", *QUICK, variables=on(mysql_url))
        reader.execute("ROLLBACK")

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock-timeout")
    assert failed.step("upgrade")["result"]["retries"] == []
    assert "CREATE TABLE beds" in problem["meaning"]
    assert "In the way: session" in problem["meaning"]


@pytest.mark.postgresql
def test_what_an_autocommit_block_did_is_never_done_twice(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    made(postgresql_url)
    directory = project(tmp_path)
    add_revision(
        directory,
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE TABLE IF NOT EXISTS counted (id INTEGER)")\n'
        '    op.execute("INSERT INTO counted VALUES (1)")\n'
        'op.execute("ALTER TABLE busy ADD COLUMN b INTEGER")',
    )
    with Control.open(postgresql_url, timeout=5) as reader:
        reader.execute("BEGIN")
        reader.query("SELECT * FROM busy")
        failed = run(directory, "upgrade", *QUICK, variables=on(postgresql_url))
        reader.execute("ROLLBACK")
        counted = reader.query("SELECT count(*) FROM counted")

    assert (failed.exit_code, told(failed)["failure_class"]) == (5, "lock-timeout")
    assert failed.step("upgrade")["result"]["retries"] == []
    assert counted == [(1,)]


@pytest.mark.postgresql
def test_tries_come_to_an_end(postgresql_url: DatabaseURL, tmp_path: Path) -> None:
    made(postgresql_url)
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("ALTER TABLE busy ADD COLUMN b INTEGER")')
    with Control.open(postgresql_url, timeout=5) as reader:
        reader.execute("BEGIN")
        reader.query("SELECT * FROM busy")
        failed = run(
            directory, "upgrade", "--lock-timeout=0.7", "--retries=1", variables=on(postgresql_url)
        )
        reader.execute("ROLLBACK")

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock-timeout")
    assert len(failed.step("upgrade")["result"]["retries"]) == 1
    assert "In the way: session" in problem["meaning"]
    assert re.search(r"idle in transaction, for \d+ s", problem["meaning"])


@pytest.mark.postgresql
def test_a_lost_connection_is_made_again(postgresql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        "import pathlib\n"
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        'if not pathlib.Path("been").exists():\n'
        '    pathlib.Path("been").touch()\n'
        '    op.execute("SELECT pg_terminate_backend(pg_backend_pid())")',
    )

    passed = run(directory, "upgrade", variables=on(postgresql_url))

    assert passed.exit_code == 0, passed.everything
    (retry,) = passed.step("upgrade")["result"]["retries"]
    assert retry["reason"] == "the connection was lost"
    assert passed.database()["status_after"]["current"] == ["0004"]


@pytest.mark.postgresql
def test_a_deadlock_is_tried_again(postgresql_url: DatabaseURL, tmp_path: Path) -> None:
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE TABLE one (id INTEGER)")
        control.execute("CREATE TABLE two (id INTEGER)")
    directory = project(tmp_path)
    add_revision(
        directory,
        "import pathlib, time\n"
        "op.execute(\"SET LOCAL deadlock_timeout = '100ms'\")\n"
        'op.execute("LOCK TABLE one")\npathlib.Path("asleep").touch()\n'
        'while not pathlib.Path("go").exists():\n    time.sleep(0.05)\n'
        'op.execute("LOCK TABLE two")',
    )
    with Control.open(postgresql_url, timeout=5) as other:
        other.execute("SET deadlock_timeout = '60s'")
        other.execute("BEGIN")
        other.execute("LOCK TABLE two")
        process = start(["upgrade"], directory=directory, variables=on(postgresql_url))
        while not (directory / "asleep").exists():
            time.sleep(0.05)
        waiting = threading.Thread(target=other.execute, args=["LOCK TABLE one"])
        waiting.start()
        time.sleep(0.3)
        (directory / "go").touch()
        waiting.join(60)
        other.execute("ROLLBACK")
        passed = finished(process, directory)

    assert passed.exit_code == 0, passed.everything
    assert [retry["code"] for retry in passed.step("upgrade")["result"]["retries"]] == ["40P01"]


@pytest.mark.postgresql
def test_an_index_built_concurrently_has_no_lock_timeout_and_the_next_statement_has(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    made(postgresql_url)
    directory = project(tmp_path)
    show = "op.get_bind().exec_driver_sql('SHOW {}_timeout').scalar()"
    add_revision(
        directory,
        f"before = {show.format('lock')}, {show.format('statement')}\n"
        "with op.get_context().autocommit_block():\n"
        "    op.execute(\"SET application_name = 'builder'\")\n"
        '    op.execute("-- slowly\\nCREATE INDEX CONCURRENTLY busy_id ON busy (id)")\n'
        f"    inside = {show.format('lock')}\n"
        f"after = {show.format('lock')}, {show.format('statement')}\n"
        "import pathlib\n"
        "pathlib.Path('seen').write_text(repr((before, inside, after)))",
    )
    arguments = ["upgrade", "--lock-timeout=0.3", "--statement-timeout=30", "--retries=0"]

    with Control.open(postgresql_url, timeout=5) as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO busy VALUES (1)")
        process = start(arguments, directory=directory, variables=on(postgresql_url))
        heard(process, "waits for a lock of session")
        time.sleep(1)
        writer.execute("ROLLBACK")
        passed = finished(process, directory)
        valid = writer.query(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'busy_id'::regclass"
        )

    assert passed.exit_code == 0, passed.everything
    assert valid == [(True,)]
    seen = (directory / "seen").read_text()
    assert seen == "(('300ms', '30s'), '300ms', ('300ms', '30s'))"


@pytest.mark.postgresql
def test_a_lock_timeout_of_the_projects_own_is_kept_unless_told_otherwise(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        "import pathlib\n"
        "found = [op.get_bind().exec_driver_sql('SHOW ' + name).scalar()\n"
        "         for name in ('lock_timeout', 'application_name')]\n"
        "pathlib.Path('seen').write_text(' '.join(found))",
        downgrade="upgrade()",
    )
    own = {"DATABASE_URL": on(postgresql_url)["DATABASE_URL"] + "?options=-c%20lock_timeout%3D9s"}

    seen = []
    for number, (arguments, variables) in enumerate(
        (
            ([], on(postgresql_url)),
            ([], own),
            (["--lock-timeout=2"], own),
            (["--lock-timeout=0"], on(postgresql_url)),
        )
    ):
        command = ["downgrade", "--target=-1"] if number % 2 else ["upgrade"]
        ran = run(
            directory, *command, *arguments, variables={**variables, "BUILD_URL": "http://ci/7"}
        )
        assert ran.exit_code == 0, ran.everything
        seen.append((directory / "seen").read_text())

    assert seen == [f"{time} alembic-ci http://ci/7" for time in ("5s", "9s", "2s", "0")]
