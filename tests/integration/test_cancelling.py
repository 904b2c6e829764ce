"""A job that is cancelled while it waits for others ends soon, and nothing of it goes on."""

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accidents import heard, processes, project, run, told, wait_until
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL, Dialect
from cli import finished, start
from other_jobs import locked, variables

LOCKS = {
    Dialect.POSTGRESQL: ("BEGIN", "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"),
    Dialect.MYSQL: ("LOCK TABLES alembic_version WRITE",),
}
WAITING = {
    Dialect.POSTGRESQL: "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    " AND datname = current_database()",
    Dialect.MYSQL: "SELECT 1 FROM information_schema.processlist WHERE db = DATABASE()"
    " AND state LIKE 'Waiting for%lock'",
}
SLOW = {
    Dialect.POSTGRESQL: "SELECT pg_sleep(60)",
    Dialect.MYSQL: "SELECT SLEEP(60)",
    Dialect.SQLITE: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1e11)"
    " SELECT count(*) FROM n",
}


@pytest.mark.parametrize(
    "arguments", [["upgrade"], ["stamp", "--target=heads"], ["alembic", "--", "upgrade", "head"]]
)
def test_a_signal_while_another_job_migrates_changes_nothing(
    arguments: list[str], any_database_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    with locked(any_database_url):
        process = start(arguments, directory=directory, variables=variables(any_database_url))
        heard(process, "is being migrated by")

        process.send_signal(signal.SIGINT)
        ended = finished(process, directory)

    assert ended.exit_code == 130
    assert rows(any_database_url) is None
    assert not list(processes(str(directory)))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["upgrade", "status"])
def test_a_signal_while_a_statement_waits_for_a_lock_cancels_it(
    number: signal.Signals, command: str, server_url: DatabaseURL, tmp_path: Path
) -> None:
    """With `upgrade` it is one of our own connection, with `status` one of env.py's."""
    directory = project(tmp_path)
    run(directory, "upgrade", "--target=0001", variables=variables(server_url))
    with locked_table(server_url) as other:
        process = start([command], directory=directory, variables=variables(server_url))
        wait_until(lambda: other.query(WAITING[other.dialect]))

        process.send_signal(number)
        ended = finished(process, directory)

        assert not other.query(WAITING[other.dialect])
    assert ended.exit_code == 128 + number
    assert told(ended)["failure_class"] == "interrupted"
    assert rows(server_url) == ("0001",)


def test_a_signal_while_somebody_has_locked_the_file_of_sqlite(
    sqlite_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", "--target=0001", variables=variables(sqlite_url))
    with Control.open(sqlite_url, timeout=5) as other:
        other.execute("BEGIN EXCLUSIVE")
        process = start(["upgrade"], directory=directory, variables=variables(sqlite_url))
        wait_until(lambda: opened(process.pid, sqlite_url))

        process.send_signal(signal.SIGTERM)
        ended = finished(process, directory)

    assert ended.exit_code == 143
    assert told(ended)["failure_class"] == "interrupted"


@pytest.mark.parametrize("driver", ["postgresql+psycopg2", "mysql+pymysql"])
def test_a_signal_while_a_server_does_not_answer(driver: str, tmp_path: Path) -> None:
    directory = project(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"{driver}://u:p@127.0.0.1:{server.getsockname()[1]}/shop"
        arguments = ["status", "--connect-timeout=100"]
        process = start(arguments, directory=directory, variables={"DATABASE_URL": url})
        connection, _ = server.accept()

        process.send_signal(signal.SIGTERM)
        ended = finished(process, directory, timeout=50)
        connection.close()

    assert ended.exit_code == 143
    assert told(ended)["failure_class"] == "interrupted"


def opened(process: int, url: DatabaseURL) -> bool:
    """Tell whether a process has opened the file of a SQLite database."""
    with contextlib.suppress(FileNotFoundError):  # one that was closed meanwhile
        descriptors = Path(f"/proc/{process}/fd").iterdir()
        return any(str(item.readlink()) == url.database for item in descriptors)
    return False


def test_a_signal_while_a_baseline_takes_its_time(
    any_database_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    (directory / "legacy.sql").write_text(SLOW[any_database_url.dialect])
    arguments = ["rollback-test", "--scratch-baseline=legacy.sql"]
    process = start(arguments, directory=directory, variables=variables(any_database_url))
    heard(process, "preparing a scratch database")
    time.sleep(1.5)  # until it runs

    process.send_signal(signal.SIGTERM)
    ended = finished(process, directory, timeout=40)

    assert ended.exit_code == 143
    assert told(ended)["failure_class"] == "interrupted"


@contextmanager
def locked_table(url: DatabaseURL) -> Iterator[Control]:
    """Let nobody read the version table; yield a connection that looks on."""
    with Control.open(url, timeout=5) as control, Control.open(url, timeout=5) as other:
        for statement in LOCKS[control.dialect]:
            control.execute(statement)
        yield other


def rows(url: DatabaseURL) -> tuple[str, ...] | None:
    """Return what the version table holds."""
    with Control.open(url, timeout=5) as control:
        return control.version_rows("alembic_version", None)
