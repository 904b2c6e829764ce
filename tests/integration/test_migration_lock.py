"""Of several jobs on one database exactly one migrates; the others wait, and say whom for."""

import os
import signal
from pathlib import Path

import pytest

from accidents import SLEEP_ONCE, add_revision, heard, on, processes, project, run, told, wait_until
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import Run, alembic_ci, finished, start
from other_jobs import locked, variables

TWO_VERSION_TABLES = """
import os
from alembic import context, op
from sqlalchemy import create_engine

with create_engine(os.environ["DATABASE_URL"]).connect() as connection:
    for table in ("first", "second"):
        if table == "second":
            connection.exec_driver_sql("DROP TABLE cooks")
            connection.commit()
        context.configure(connection=connection, version_table=table)
        with context.begin_transaction():
            context.run_migrations()
"""
JOB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "a-rather-long-owner/a-rather-long-repository",
    "GITHUB_RUN_ID": "4711",
}
URL = "https://github.example/a-rather-long-owner/a-rather-long-repository/actions/runs/4711"


def counting(place: Path, *, seconds: float) -> Path:
    """Copy a project whose last revision counts in a table how often it ran, and takes its time."""
    directory = project(place)
    add_revision(
        directory,
        'import time\nop.execute("CREATE TABLE runs (n INTEGER)")\n'
        f'op.execute("INSERT INTO runs VALUES (1)")\ntime.sleep({seconds})',
        downgrade='op.execute("DROP TABLE runs")',
    )
    return directory


@pytest.mark.parametrize(
    ("name", "jobs"),
    [
        ("sqlite", 2),
        pytest.param("postgresql", 20, marks=pytest.mark.postgresql),
        pytest.param("mysql", 3, marks=pytest.mark.mysql),
    ],
)
def test_of_several_jobs_at_once_exactly_one_migrates(
    name: str, jobs: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue(f"{name}_url")
    directory = counting(tmp_path, seconds=0.5)
    running = [
        start(
            ["upgrade", f"--report-dir=report-{number}"],
            directory=directory,
            variables=variables(url),
        )
        for number in range(jobs)
    ]

    runs = [
        Run(exit_code=ended.exit_code, stdout=ended.stdout, stderr=ended.stderr, folder=folder)
        for ended, folder in (
            (finished(process, directory), directory / f"report-{number}")
            for number, process in enumerate(running)
        )
    ]

    assert [ended.exit_code for ended in runs] == [0] * jobs, [ended.everything for ended in runs]
    applied = [ended.step("upgrade")["result"]["applied"] for ended in runs]
    assert max(applied, key=len) == ["0001", "0003", "0004"]
    assert sum(map(len, applied)) == 3
    assert any("nothing to do" in ended.stdout for ended in runs)
    with Control.open(url, timeout=5) as control:
        assert control.query("SELECT n FROM runs") == [(1,)]
    assert not list(directory.glob("*lock*"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("sqlite", "process "),
        pytest.param("postgresql", "session ", marks=pytest.mark.postgresql),
        pytest.param("mysql", "session ", marks=pytest.mark.mysql),
    ],
)
def test_who_waits_says_whom_for_and_then_finds_out_what_is_left_to_do(
    name: str, words: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue(f"{name}_url")
    directory = project(tmp_path)

    with locked(url, job=URL):
        process = start(["upgrade"], directory=directory, variables=variables(url))
        said = heard(process, "development is being migrated by")
    waited = finished(process, directory)

    result = waited.step("upgrade")["result"]
    assert (waited.exit_code, result["applied"]) == (0, ["0001", "0003"])
    assert result["waited"]["seconds"] > 0
    assert words in result["waited"]["holder"] in said
    if name != "mysql":  # MariaDB does not keep what programs call themselves
        assert f"job {URL}" in result["waited"]["holder"]
    assert "development is free after" in waited.stderr
    assert "for another job that was migrating" in waited.stdout


def test_more_than_was_reviewed_is_not_done_although_it_came_up_while_waiting(
    sqlite_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", "--target=0001", variables=variables(sqlite_url))
    run(directory, "plan", "--report-dir=planned", variables=variables(sqlite_url))

    with locked(sqlite_url):
        process = start(
            ["upgrade", "--plan=planned/plan.json"],
            directory=directory,
            variables=variables(sqlite_url),
        )
        heard(process, "development is being migrated by")
        with Control.open(sqlite_url, timeout=5) as other:
            other.execute("DELETE FROM alembic_version")
            other.execute("DROP TABLE cooks")
    refused = finished(process, directory)

    problem = told(refused)
    assert (refused.exit_code, problem["failure_class"]) == (6, "plan-changed")
    assert "not in the plan: revision 0001. Nothing was written" in problem["problem"]
    assert refused.step("upgrade")["result"]["applied"] == []


@pytest.mark.parametrize("command", ["upgrade", "downgrade", "stamp", "alembic"])
def test_every_command_that_writes_gives_up_in_the_end(
    command: str, sqlite_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=variables(sqlite_url))
    more = {"downgrade": ["--target=base"], "stamp": ["--target=base"]}.get(command, [])
    more += ["--", "downgrade", "base"] if command == "alembic" else []

    with locked(sqlite_url):
        failed = run(
            directory,
            command,
            "--migration-lock-timeout=0.5",
            *more,
            variables=variables(sqlite_url),
        )

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock")
    assert f"process {os.getpid()}" in problem["problem"]
    assert "Nothing that it guards was changed" in problem["problem"]
    with Control.open(sqlite_url, timeout=5) as control:
        assert control.version_rows("alembic_version", None) == ("0003",)


def test_looking_needs_no_lock(sqlite_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=variables(sqlite_url))

    with locked(sqlite_url):
        looked = run(directory, "status", variables=variables(sqlite_url))
        listed = run(directory, "alembic", "--", "current", variables=variables(sqlite_url))

    assert (looked.exit_code, listed.exit_code) == (0, 0)


@pytest.mark.parametrize(
    "name",
    [
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mysql", marks=pytest.mark.mysql),
    ],
)
@pytest.mark.parametrize("victim", ["tool", "worker"])
def test_no_lock_is_left_when_tool_or_worker_are_killed(
    victim: str, name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = request.getfixturevalue(f"{name}_url")
    directory = project(tmp_path)
    add_revision(directory, SLEEP_ONCE)
    process = start(["upgrade"], directory=directory, variables=variables(url))
    wait_until((directory / "asleep").exists)

    killed = process.pid if victim == "tool" else _worker(directory)
    os.kill(killed, signal.SIGKILL)
    process.communicate(timeout=300)
    again = run(directory, "upgrade", "--migration-lock-timeout=60", variables=variables(url))

    assert again.exit_code == 0, again.everything
    assert again.database()["status_after"]["current"] == ["0004"]
    assert not list(tmp_path.glob("**/*lock*"))


def _worker(directory: Path) -> int:
    marks = b"alembic_ci/worker/__main__.py"
    return next(
        pid
        for pid in processes(str(directory))
        if marks in Path(f"/proc/{pid}/cmdline").read_bytes()
    )


@pytest.mark.postgresql
def test_an_index_is_built_concurrently_although_another_job_waits(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        "import pathlib, time\n"
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        'pathlib.Path("asleep").touch()\ntime.sleep(2)\n'
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE INDEX CONCURRENTLY beds_id ON beds (id)")',
    )
    first = start(["upgrade"], directory=directory, variables=on(postgresql_url))
    wait_until((directory / "asleep").exists)

    second = alembic_ci(
        "upgrade", "--report-dir=other", directory=directory, variables=on(postgresql_url)
    )
    ended = finished(first, directory)

    assert (ended.exit_code, second.exit_code) == (0, 0), (ended.everything, second.everything)
    assert "nothing to do" in second.stdout


@pytest.mark.postgresql
def test_a_plain_alembic_in_the_middle_of_its_transaction_is_waited_for(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", "--target=0001", variables=on(postgresql_url))
    with Control.open(postgresql_url, timeout=5) as plain:
        plain.execute("SET application_name = 'somebody'")
        plain.execute("BEGIN")
        plain.execute("UPDATE alembic_version SET version_num = '0003'")
        failed = run(
            directory, "upgrade", "--migration-lock-timeout=0.5", variables=on(postgresql_url)
        )
        plain.execute("ROLLBACK")

    problem = told(failed)
    assert (failed.exit_code, problem["failure_class"]) == (5, "lock")
    assert "somebody" in problem["problem"]


@pytest.mark.postgresql
def test_a_lock_that_an_administrator_takes_away_stops_the_run(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    pause = 'import pathlib, time\npathlib.Path("asleep").touch()\ntime.sleep(6)'
    add_revision(directory, pause)
    path = directory / "migrations/versions/0004_last.py"
    more = path.read_text().replace('"0004"', '"0005"').replace('"0003"', '"0004"')
    path.with_name("0005_later.py").write_text(more.replace(pause.splitlines()[-1], "pass"))
    process = start(["upgrade"], directory=directory, variables=on(postgresql_url))
    wait_until((directory / "asleep").exists)
    with Control.open(postgresql_url, timeout=5) as control:
        control.query(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND "
            "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    stopped = finished(process, directory)

    problem = told(stopped)
    assert (stopped.exit_code, problem["failure_class"]) == (5, "lock")
    assert "lock of development was lost" in problem["problem"]
    assert "rolled back" in problem["meaning"]


def test_a_lock_file_of_a_dead_process_is_in_nobodys_way(
    sqlite_url: DatabaseURL, tmp_path: Path
) -> None:
    file = Path(f"{sqlite_url.database}.alembic-ci-lock")
    file.write_text('{"process": 1, "host": "gone", "since": 1, "job": ""}')

    passed = run(project(tmp_path), "upgrade", variables=variables(sqlite_url))

    assert passed.exit_code == 0
    assert not file.exists()


def test_several_version_tables_of_one_database_do_not_wait_for_each_other(
    any_database_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    (directory / "migrations/env.py").write_text(TWO_VERSION_TABLES)
    arguments = ["upgrade", "--target=0001", "--migration-lock-timeout=5"]

    upgraded = run(directory, *arguments, variables=variables(any_database_url))

    assert upgraded.exit_code == 0, upgraded.everything
    with Control.open(any_database_url, timeout=5) as control:
        assert control.version_rows("first", None) == ("0001",)
        assert control.version_rows("second", None) == ("0001",)


def test_a_second_version_table_that_stays_locked_fails_the_upgrade(
    server_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    env = TWO_VERSION_TABLES.replace('"second"', '"alembic_version"')
    (directory / "migrations/env.py").write_text(env)
    arguments = ["upgrade", "--target=0001", "--migration-lock-timeout=2"]

    with locked(server_url):
        refused = run(directory, *arguments, variables=variables(server_url))

    assert (refused.exit_code, told(refused)["failure_class"]) == (5, "lock")
    assert refused.step("upgrade")["result"]["applied"] == ["0001"]
