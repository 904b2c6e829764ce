"""What a failing revision leaves behind on each database, and what the report says of it."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accidents import SQLITE, add_revision, alone, on, project, run, sleepy, told, wait_until
from alembic_ci.database.control import Control
from alembic_ci.database.private_postgresql import private_postgresql
from alembic_ci.urls import DatabaseURL
from cases import case
from cli import finished, start

TWO_STEPS = 'op.execute("CREATE TABLE beds (id INTEGER)")\nop.execute("DROP TABLE nothing")'


def tables(url: DatabaseURL) -> set[str]:
    """Name the tables in the default schema."""
    schema = {"postgresql": "'public'", "mysql": "DATABASE()"}[url.dialect]
    sql = f"SELECT table_name FROM information_schema.tables WHERE table_schema = {schema}"
    with Control.open(url, timeout=5) as control:
        return {str(row[0]) for row in control.query(sql)}


@contextmanager
def holding(url: DatabaseURL, *statements: str) -> Iterator[None]:
    """Keep a transaction open in which *statements* have run."""
    with Control.open(url, timeout=5) as control:
        control.execute("BEGIN")
        for statement in statements:
            control.query(statement)
        yield
        control.execute("ROLLBACK")


@pytest.mark.postgresql
def test_postgresql_takes_everything_back(postgresql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, TWO_STEPS)

    failed = run(directory, "upgrade", variables=on(postgresql_url))

    problem = told(failed)
    assert failed.exit_code == 1
    assert problem["problem"] == "Revision 0004 failed; the database is at base (no revision)."
    assert problem["meaning"] == "Everything this run had done was rolled back."
    assert problem["remedy"] == "Correct the revision and run again."
    assert tables(postgresql_url) == set()


@pytest.mark.postgresql
def test_postgresql_keeps_earlier_revisions_that_had_their_own_transaction(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    env = directory / "migrations/env.py"
    each = "connection=connection, transaction_per_migration=True"
    env.write_text(env.read_text().replace("connection=connection", each))
    add_revision(directory, TWO_STEPS)

    failed = run(directory, "upgrade", variables=on(postgresql_url))

    problem = told(failed)
    assert problem["problem"].endswith("is at 0003. Applied before it: 0001, 0003.")
    assert problem["meaning"] == "What it had done was rolled back; the revisions before it stay."
    assert "beds" not in tables(postgresql_url)


@pytest.mark.postgresql
def test_postgresql_keeps_what_an_autocommit_block_did(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    block = (
        'with op.get_context().autocommit_block():\n    op.execute("CREATE TABLE cots (i INT)")\n'
    )
    add_revision(directory, block + TWO_STEPS)

    failed = run(directory, "upgrade", variables=on(postgresql_url))

    problem = told(failed)
    assert "inside its autocommit_block() stays in the database" in problem["meaning"]
    assert "by hand" in problem["remedy"]
    assert {"cots"} == tables(postgresql_url) & {"cots", "beds"}


@pytest.mark.postgresql
def test_postgresql_keeps_what_an_earlier_autocommit_block_did_and_the_report_says_so(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    """Its row in the version table goes with the transaction of the revision that fails."""
    directory = project(tmp_path)
    block = (
        'with op.get_context().autocommit_block():\n    op.execute("CREATE TABLE cots (i INT)")\n'
    )
    earlier = add_revision(directory, block)
    last = earlier.with_name("0005_last.py")
    add_revision(directory, TWO_STEPS).rename(last)
    last.write_text(last.read_text().replace('"0004"', '"0005"').replace('"0003"', '"0004"'))
    add_revision(directory, block)

    failed = run(directory, "upgrade", variables=on(postgresql_url))
    problem = told(failed)
    finish = run(directory, "doctor", "--resume=finish", "--apply", variables=on(postgresql_url))

    assert problem["problem"].endswith("is at 0003. Applied before it: 0001, 0003.")
    assert "the version row of 0004" in problem["meaning"]
    assert "`doctor`" in problem["remedy"]
    assert {"cots"} == tables(postgresql_url) & {"cots", "beds"}
    assert finish.exit_code == 0, finish.everything


@pytest.mark.postgresql
def test_an_upgrade_that_commits_in_the_middle_is_not_said_to_be_one_transaction(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        'with op.get_context().autocommit_block():\n    op.execute("CREATE TABLE cots (i INT)")',
    )

    first = run(directory, "upgrade", "--target=0003", variables=on(postgresql_url))
    second = run(directory, "upgrade", variables=on(postgresql_url))

    assert "2 revisions in one transaction, verified" in first.stdout
    said = "1 revision in several transactions (0004 commits in the middle), verified"
    assert said in second.stdout


@pytest.mark.mysql
def test_mariadb_keeps_half_a_revision_and_the_report_names_it(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(directory, TWO_STEPS)

    failed = run(directory, "upgrade", variables=on(mysql_url))

    problem = told(failed)
    assert failed.exit_code == 1
    assert problem["problem"].endswith("is at 0003. Applied before it: 0001, 0003.")
    assert problem["meaning"] == (
        "MariaDB and MySQL may keep what it had executed before: CREATE TABLE beds (id INTEGER)."
    )
    assert "with `doctor` or by hand" in problem["remedy"]
    assert (problem["code"], problem["statement"]) == ("1051", "DROP TABLE nothing")
    assert "beds" in tables(mysql_url)


def test_a_revision_that_had_executed_nothing_has_nothing_to_take_back(tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("DROP TABLE nothing")')

    problem = told(run(directory, "upgrade"))

    assert problem["meaning"] == "Nothing of it had been executed before."
    assert problem["remedy"] == "Correct the revision and run again."


def test_a_failing_downgrade_is_called_one(tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory, 'op.execute("CREATE TABLE beds (id INTEGER)")', downgrade="raise ValueError"
    )
    run(directory, "upgrade")

    failed = run(directory, "downgrade", "--target=base")

    problem = told(failed)
    assert problem["problem"] == ("The downgrade of revision 0004 failed; the database is at 0004.")


@pytest.mark.postgresql
def test_a_lock_that_postgresql_does_not_give_may_be_given_later(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(directory, "op.execute(\"SET lock_timeout = '200ms'; DROP TABLE busy\")")
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE TABLE busy (id INTEGER)")

    with holding(postgresql_url, "SELECT * FROM busy"):
        failed = run(directory, "upgrade", "--retries=0", variables=on(postgresql_url))

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock-timeout")
    assert problem["code"] == "55P03"
    assert problem["remedy"] == "Run again when the database is less busy."


@pytest.mark.mysql
def test_a_lock_that_mariadb_does_not_give_may_be_given_later(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory, 'op.execute("SET lock_wait_timeout = 1")\nop.execute("DROP TABLE busy")'
    )
    with Control.open(mysql_url, timeout=5) as control:
        control.execute("CREATE TABLE busy (id INTEGER)")

    with holding(mysql_url, "SELECT * FROM busy"):
        failed = run(directory, "upgrade", "--retries=0", variables=on(mysql_url))

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock-timeout")
    assert problem["code"] == "1205"


def test_a_sqlite_file_that_somebody_else_writes_may_be_free_later(tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        "import sqlite3\nother = sqlite3.connect('shop.db')\n"
        "try:\n    other.execute('PRAGMA busy_timeout = 0')\n    other.execute('BEGIN IMMEDIATE')\n"
        "    op.execute('PRAGMA busy_timeout = 0')\n    op.execute('CREATE TABLE beds (id INT)')\n"
        "finally:\n    other.close()",
    )

    failed = run(directory, "upgrade", "--retries=0", variables=SQLITE)

    assert (failed.exit_code, told(failed)["failure_class"]) == (5, "lock-timeout")


@pytest.mark.postgresql
def test_a_last_connection_that_went_to_the_tool_is_not_called_a_mistake_of_env_py(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    limited = replace(postgresql_url, username=f"one_{postgresql_url.database}", password="x")
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute(f"CREATE ROLE {limited.username} LOGIN PASSWORD 'x' CONNECTION LIMIT 1")
        try:
            failed = run(project(tmp_path), "upgrade", variables=on(limited))
        finally:
            control.execute(f"DROP ROLE {limited.username}")

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "unreachable")
    assert "has no connection left" in problem["problem"]
    assert "53300" in problem["meaning"]


@pytest.mark.postgresql
def test_a_session_that_somebody_ends_may_live_next_time(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("SELECT pg_terminate_backend(pg_backend_pid())")')

    failed = run(directory, "upgrade", "--retries=0", variables=on(postgresql_url))

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "unreachable")
    assert "the database is at base" in problem["problem"]


@pytest.mark.postgresql
def test_a_server_that_goes_away_in_the_middle_leaves_the_end_open(tmp_path: Path) -> None:
    with private_postgresql() as url:
        directory = sleepy(tmp_path, statement="SELECT pg_sleep(60)")
        arguments = ("upgrade", "--connect-timeout=5")
        process = start(arguments, directory=directory, variables=on(url))
        wait_until((directory / "asleep").exists)
        time.sleep(0.3)
        with Control.open(url, timeout=5) as control:
            folder = Path(str(control.query("SHOW data_directory")[0][0]))

        server = int((folder / "postmaster.pid").read_text().split()[0])
        os.kill(server, signal.SIGQUIT)
        failed = finished(process, directory)

    problem = told(failed)
    assert failed.exit_code == 5
    assert "where the database stands now is not known" in problem["problem"]
    assert "`status`" in problem["remedy"]
    assert failed.database()["status_after"] is None


@pytest.mark.postgresql
def test_an_env_file_that_connects_to_another_database_changes_nothing_there(
    postgresql_admin: DatabaseURL, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = case("env_connects_elsewhere").copied(tmp_path)
    (directory / "other-url.txt").write_text(on(postgresql_admin)["DATABASE_URL"])
    before = tables(postgresql_admin)

    failed = run(directory, "run", variables=on(postgresql_url))

    assert failed.exit_code == 6
    assert f"Found: {postgresql_admin.database}" in told(failed)["problem"]
    assert tables(postgresql_admin) == before
    assert tables(postgresql_url) == set()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("change", "exit_code", "words"),
    [
        ({"password": "wrong-4711"}, 2, "does not let user 'alembic_ci' in"),
        ({"database": "nosuchdb"}, 2, "There is no database 'nosuchdb'"),
        ({"port": 1}, 5, "Nothing listens at"),
        ({"host": "nohost.invalid"}, 5, "cannot be resolved"),
    ],
)
def test_a_server_that_cannot_be_entered_is_told_from_one_that_is_not_there(
    change: dict[str, Any],
    exit_code: int,
    words: str,
    postgresql_admin: DatabaseURL,
    tmp_path: Path,
) -> None:
    url = replace(postgresql_admin, **change, written="")

    failed = run(project(tmp_path), "run", "--connect-timeout=3", variables=alone(url))

    assert failed.exit_code == exit_code
    assert words in told(failed)["problem"]
    assert str(url.password) not in failed.everything
