"""A run that is ended in the middle leaves nothing behind and says where the database stands."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from accidents import (
    SLEEP_ONCE,
    SQLITE,
    add_revision,
    alone,
    on,
    processes,
    project,
    sleepy,
    told,
    wait_until,
)
from alembic_ci.database.control import Control
from alembic_ci.database.private_home import PREFIX
from alembic_ci.urls import DatabaseURL, Dialect
from cli import Run, finished, start

# Seconds; GitHub kills what is left of a cancelled job after ten, but is not as busy as a machine
# that runs tests. Nothing that sleeps has ended by itself by then.
LIMIT = 30.0
NAPS = {
    "postgresql": "SELECT pg_sleep(60)",
    "mysql": "SELECT SLEEP(60)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nap:
    """A run that sleeps in the middle of revision 0004."""

    process: "subprocess.Popen[str]"
    directory: Path

    def ended(self) -> Run:
        """Wait for its end, which must come in time."""
        began = time.monotonic()
        run = finished(self.process, self.directory)
        assert time.monotonic() - began < LIMIT
        assert "Traceback" not in run.stderr, run.stderr
        assert not list(processes(str(self.directory)))
        return run


def nap(
    place: Path, *arguments: str, statement: str = "", variables: Mapping[str, str] = SQLITE
) -> Nap:
    """Start a run and wait until it sleeps."""
    directory = sleepy(place, statement=statement)
    process = start(arguments, directory=directory, variables=variables)
    wait_until(lambda: (directory / "asleep").exists() or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    time.sleep(0.3)  # from the file to the statement
    return Nap(process=process, directory=directory)


def sessions(admin: DatabaseURL, url: DatabaseURL) -> int:
    """Count the sessions that still use a database."""
    sql = {
        Dialect.POSTGRESQL: "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'",
        Dialect.MYSQL: "SELECT count(*) FROM information_schema.processlist WHERE db = '{}'",
    }[url.dialect]
    with Control.open(admin, timeout=5) as control:
        return int(str(control.query(sql.format(url.database))[0][0]))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_python_code(number: signal.Signals, tmp_path: Path) -> None:
    sleeping = nap(tmp_path, "upgrade")

    sleeping.process.send_signal(number)
    run = sleeping.ended()

    problem = told(run)
    assert run.exit_code == 128 + number
    assert f"{number.name} in the middle of revision 0004" in problem["problem"]
    assert problem["failure_class"] == "interrupted"
    assert run.database()["status_after"]["current"] == ["0003"]
    assert run.step("upgrade")["result"]["applied"] == ["0001", "0003"]
    assert "SQLite may keep" in problem["meaning"]
    assert "by hand" in problem["remedy"]


@pytest.mark.postgresql
def test_a_signal_in_the_middle_of_a_statement_on_postgresql(
    postgresql_admin: DatabaseURL, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    sleeping = nap(tmp_path, "upgrade", statement=NAPS["postgresql"], variables=on(postgresql_url))

    sleeping.process.terminate()
    run = sleeping.ended()

    assert run.exit_code == 143
    assert "Everything this run had done was rolled back" in told(run)["meaning"]
    assert run.step("upgrade")["result"]["applied"] == []
    assert not run.database()["status_after"]["initialised"]
    assert sessions(postgresql_admin, postgresql_url) == 0


@pytest.mark.postgresql
def test_a_lock_on_the_version_table_does_not_keep_an_interrupted_run(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)")
        sleeping = nap(
            tmp_path, "upgrade", statement=NAPS["postgresql"], variables=on(postgresql_url)
        )
        control.execute("BEGIN")
        lock = "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE"
        locking = threading.Thread(target=control.execute, args=[lock])
        locking.start()

        sleeping.process.send_signal(signal.SIGINT)
        run = sleeping.ended()
        locking.join()
        control.execute("ROLLBACK")

    assert run.exit_code == 130
    assert "where the database stands now is not known" in told(run)["problem"]


@pytest.mark.mysql
def test_a_signal_in_the_middle_of_a_statement_on_mariadb(
    mysql_admin: DatabaseURL, mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    sleeping = nap(tmp_path, "upgrade", statement=NAPS["mysql"], variables=on(mysql_url))

    sleeping.process.send_signal(signal.SIGINT)
    run = sleeping.ended()

    problem = told(run)
    assert run.exit_code == 130
    assert "the database is at 0003. Applied before it: 0001, 0003." in problem["problem"]
    assert "MariaDB and MySQL may keep what the revision had done" in problem["meaning"]
    assert sessions(mysql_admin, mysql_url) == 0


@pytest.mark.postgresql
def test_a_signal_ends_a_rollback_test_and_its_private_server(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    sleeping = nap(
        tmp_path, "rollback-test", statement=NAPS["postgresql"], variables=alone(postgresql_url)
    )
    server = _private_server(sleeping.process.pid)

    sleeping.process.send_signal(signal.SIGINT)
    run = sleeping.ended()

    assert run.exit_code == 130
    assert not server.exists()
    assert not list(processes(str(server)))
    problem = told(run)
    assert (problem["failure_class"], problem["revision"]) == ("interrupted", "0004")
    assert run.verdicts() == {"0001": "passed", "0003": "passed", "0004": "not-run"}


@pytest.mark.postgresql
def test_a_signal_drops_scratch_databases_on_a_given_server(
    postgresql_admin: DatabaseURL, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    def scratch() -> int:
        with Control.open(postgresql_admin, timeout=5) as control:
            return len(control.query("SELECT 1 FROM pg_database WHERE datname LIKE 'alembic_ci_%'"))

    before = scratch()
    sleeping = nap(
        tmp_path, "rollback-test", statement=NAPS["postgresql"], variables=on(postgresql_url)
    )
    during = scratch()

    sleeping.process.send_signal(signal.SIGINT)
    time.sleep(0.2)
    sleeping.process.send_signal(signal.SIGTERM)
    sleeping.process.send_signal(signal.SIGINT)
    sleeping.ended()

    assert during == before + 1
    assert scratch() == before


def test_signals_during_the_cleaning_up_change_nothing(tmp_path: Path) -> None:
    sleeping = nap(tmp_path, "upgrade")

    for number in (signal.SIGINT, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        sleeping.process.send_signal(number)
        time.sleep(0.05)
    run = sleeping.ended()

    assert run.exit_code == 130
    assert told(run)["failure_class"] == "interrupted"


@pytest.mark.parametrize("server", ["sqlite", pytest.param("mysql", marks=pytest.mark.mysql)])
def test_a_signal_in_the_middle_of_alembics_own_upgrade_leads_to_the_doctor(
    server: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A part of the revision is in: to run it again would fail on that."""
    url: DatabaseURL = request.getfixturevalue(f"{server}_url")
    variables = SQLITE if server == "sqlite" else on(url)
    sleeping = nap(tmp_path, "alembic", "--", "upgrade", "head", variables=variables)

    sleeping.process.terminate()
    run = sleeping.ended()

    assert run.exit_code == 143
    assert told(run)["failure_class"] == "interrupted"
    assert "may keep what the revision had done" in told(run)["meaning"]
    assert "`doctor`" in told(run)["remedy"]


def test_a_signal_in_the_middle_of_an_alembic_command_that_only_reads(tmp_path: Path) -> None:
    sleeping = nap(tmp_path, "alembic", "--", "upgrade", "head", "--sql")

    sleeping.process.terminate()
    run = sleeping.ended()

    assert run.exit_code == 143
    assert told(run)["remedy"] == "Run it again: it goes on from where the database stands now."


_TWO_TABLES = """
import pathlib, time
import sqlalchemy as sa
from alembic import context

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
for name in ("first", "second"):
    with engine.connect() as connection:
        context.configure(connection=connection, version_table=name)
        with context.begin_transaction():
            context.run_migrations()
    with engine.connect() as connection:
        done = sa.inspect(connection).has_table("beds_of_first")
    if done and not pathlib.Path("asleep").exists():
        pathlib.Path("asleep").touch()
        time.sleep(60)
"""


def test_a_signal_between_two_version_tables_is_in_the_middle_of_no_revision(
    tmp_path: Path,
) -> None:
    directory = project(tmp_path)
    (directory / "migrations/env.py").write_text(_TWO_TABLES)
    for file in (directory / "migrations/versions").glob("*.py"):
        file.unlink()
    beds = add_revision(
        directory,
        "table = op.get_context().version_table\n"
        "op.execute(f'CREATE TABLE beds_of_{table} (id int)')",
    )
    beds.write_text(beds.read_text().replace('down_revision = "0003"', "down_revision = None"))
    process = start(["upgrade"], directory=directory, variables=SQLITE)
    wait_until(lambda: (directory / "asleep").exists() or process.poll() is not None)

    process.terminate()
    run = Nap(process=process, directory=directory).ended()
    problem = told(run)
    again = finished(start(["upgrade"], directory=directory, variables=SQLITE), directory)

    assert run.exit_code == 143, run.everything
    assert "middle of" not in problem["problem"]
    assert "while no revision was at work; the database is at 0004" in problem["problem"]
    assert "Run again" in problem["remedy"]
    assert again.exit_code == 0, again.everything


def test_a_signal_while_sql_is_rendered_leaves_no_half_of_it(tmp_path: Path) -> None:
    sleeping = nap(tmp_path, "sql", "--sql-offline")

    sleeping.process.terminate()
    run = sleeping.ended()

    assert run.exit_code == 143
    assert told(run)["failure_class"] == "interrupted"
    assert not list((sleeping.directory / "alembic-ci-report").rglob("*.sql"))


def test_a_signal_while_revisions_are_imported(tmp_path: Path) -> None:
    directory = _slow_to_import(tmp_path)
    process = start(["status"], directory=directory, variables=SQLITE)
    wait_until((directory / "asleep").exists)
    time.sleep(1)  # until we wait for it

    process.terminate()
    run = Nap(process=process, directory=directory).ended()

    assert run.exit_code == 143
    assert told(run)["failure_class"] == "interrupted"


@pytest.mark.parametrize("delay", [0.2, 0.4, 0.6, 0.8, 1.0, 1.2])
def test_a_signal_at_any_moment_of_the_beginning_ends_a_run(delay: float, tmp_path: Path) -> None:
    directory = sleepy(tmp_path)
    process = start(["status"], directory=directory, variables=SQLITE)
    time.sleep(delay)

    process.terminate()

    process.communicate(timeout=LIMIT)
    wait_until(lambda: not list(processes(str(directory))))  # Linux ends them when we are gone


def test_nobody_waits_for_imports_where_the_history_is_broken(tmp_path: Path) -> None:
    directory = _slow_to_import(tmp_path)
    (directory / "migrations" / "versions" / "zzz.py").write_text("revision =")
    process = start(["status"], directory=directory, variables=SQLITE)

    run = Nap(process=process, directory=directory).ended()

    assert run.exit_code == 1
    assert "zzz.py:1 is not valid Python" in told(run)["problem"]


def _slow_to_import(place: Path) -> Path:
    directory = sleepy(place)
    first = min((directory / "migrations" / "versions").glob("*.py"))
    first.write_text(f"{first.read_text()}\n{SLEEP_ONCE}")
    return directory


def test_a_signal_before_anything_was_done_needs_no_report(tmp_path: Path) -> None:
    directory = sleepy(tmp_path)
    process = start(["upgrade"], directory=directory, variables=SQLITE)
    wait_until(lambda: _catches(process.pid, signal.SIGTERM))

    process.terminate()
    _, stderr = process.communicate(timeout=LIMIT)

    assert process.returncode == 143
    assert "Traceback" not in stderr


def _catches(process: int, number: signal.Signals) -> bool:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    caught = next(line for line in lines if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << (number - 1))


def test_the_later_environments_of_an_interrupted_run_are_reported_as_skipped(
    tmp_path: Path,
) -> None:
    variables = {
        "DEV_DATABASE_URL": "sqlite:///dev.db",
        "TEST_DATABASE_URL": "sqlite:///test.db",
        "ENVIRONMENT": "dev,test",
    }
    sleeping = nap(tmp_path, "upgrade", "--environments=dev,test", variables=variables)

    sleeping.process.terminate()
    run = sleeping.ended()

    assert run.exit_code == 143
    assert run.step("upgrade", 0)["state"] == "failed"
    assert run.step("upgrade", 1)["state"] == "skipped"
    assert not (sleeping.directory / "test.db").exists()


def test_a_terminal_that_goes_away_is_a_signal(tmp_path: Path) -> None:
    directory = sleepy(tmp_path)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(directory)
        os.execve(sys.executable, [sys.executable, "-m", "alembic_ci", "upgrade"], SQLITE)
    wait_until((directory / "asleep").exists)
    time.sleep(1)  # until we wait for it

    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    assert status == 129
    assert "SIGHUP" in (directory / "alembic-ci-report/report.json").read_text()
    assert not list(processes(str(directory)))


def _private_server(tool: int) -> Path:
    """Return the folder of the server that a run has started."""
    for pid in processes(PREFIX):
        place = Path(f"/proc/{pid}")
        if f"PPid:\t{tool}\n" in (place / "status").read_text():
            return (place / "cwd").readlink()
    raise AssertionError("there is none")


def _worker(directory: Path) -> int:
    tools = "alembic_ci/worker/__main__.py"
    return next(pid for pid in processes(str(directory)) if tools in _arguments(pid))


def _arguments(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")


@pytest.mark.postgresql
def test_a_worker_that_is_killed_leaves_no_session_and_a_report(
    postgresql_admin: DatabaseURL, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    sleeping = nap(tmp_path, "upgrade", statement=NAPS["postgresql"], variables=on(postgresql_url))

    os.kill(_worker(sleeping.directory), signal.SIGKILL)
    run = sleeping.ended()

    problem = told(run)
    assert (run.exit_code, problem["failure_class"]) == (1, "worker")
    assert "(SIGKILL) in the middle of revision 0004" in problem["problem"]
    assert "memory" in problem["meaning"]
    assert sessions(postgresql_admin, postgresql_url) == 0


@pytest.mark.postgresql
def test_a_revision_that_takes_too_long_leaves_no_session(
    postgresql_admin: DatabaseURL, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    arguments = ("upgrade", "--step-timeout=5")
    sleeping = nap(tmp_path, *arguments, statement=NAPS["postgresql"], variables=on(postgresql_url))

    run = sleeping.ended()

    problem = told(run)
    assert (run.exit_code, problem["failure_class"]) == (1, "timeout")
    assert "was ended in the middle of revision 0004" in problem["problem"]
    assert "0004_last.py" in problem["output"]
    assert sessions(postgresql_admin, postgresql_url) == 0


def test_a_revision_that_hangs_in_a_rollback_test_is_named(tmp_path: Path) -> None:
    run = nap(tmp_path, "rollback-test", "--step-timeout=5").ended()

    problem = told(run)
    assert (run.exit_code, problem["failure_class"]) == (1, "timeout")
    assert problem["problem"].endswith("was ended while revision 0004 was tested.")
    assert run.verdicts() == {"0001": "passed", "0003": "passed", "0004": "not-run"}


@pytest.mark.postgresql
def test_a_tool_that_is_killed_takes_worker_and_private_server_with_it(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    sleeping = nap(
        tmp_path, "rollback-test", statement=NAPS["postgresql"], variables=alone(postgresql_url)
    )
    server = _private_server(sleeping.process.pid)

    sleeping.process.kill()
    sleeping.process.communicate()

    wait_until(lambda: not list(processes(str(sleeping.directory))))
    wait_until(lambda: not server.exists())
    assert not list(processes(str(server)))
