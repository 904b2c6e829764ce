"""Many databases of one environment, several at once."""

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from accidents import processes, wait_until
from alembic_ci.urls import DatabaseURL
from cli import alembic_ci, finished, start
from servers import fresh_database
from tenants import by_label, files, listed, listed_urls, project, states, tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


@pytest.fixture
def urls(postgresql_admin: DatabaseURL) -> Iterator[list[DatabaseURL]]:
    """Six empty PostgreSQL databases."""
    with ExitStack() as stack:
        made = [stack.enter_context(fresh_database(postgresql_admin)) for _ in range(6)]
        yield [replace(url, drivername="postgresql+psycopg2", written="") for url in made]


def test_every_database_has_its_row_and_its_files(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 10)
    taken, gone = databases["tenant03"], databases["tenant07"]
    with closing(sqlite3.connect(taken)) as connection:
        connection.execute("create table t0002 (id integer)")
    databases["tenant07"] = gone.parent / "no" / "such" / gone.name

    run = alembic_ci("run", "--parallel=3", directory=folder, variables=listed(databases))

    found = by_label(run)
    assert run.exit_code == 1, run.everything
    assert list(found) == list(databases)
    expected = dict.fromkeys(databases, "passed") | {"tenant03": "failed", "tenant07": "failed"}
    assert states(run) == expected
    for label, path in databases.items():
        if expected[label] == "passed":
            assert {"t0001", "t0002"} <= tables(path)
            assert (run.folder / "sql" / "production" / label / "upgrade.sql").is_file()
    told = [line for line in run.stderr.splitlines() if "production/tenant" in line]
    assert len(told) == len(databases) == len(run.stderr.splitlines()) - 1


def test_databases_that_are_the_same_are_proved_once(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 4)
    ahead = listed({"tenant02": databases["tenant02"]})
    alembic_ci("upgrade", "--target=0001", directory=folder, variables=ahead)

    run = alembic_ci("rollback-test", directory=folder, variables=listed(databases))

    assert run.exit_code == 0, run.everything
    results = {label: item["steps"][0]["result"] for label, item in by_label(run).items()}
    proved = {label: [p["revision"] for p in r["proofs"]] for label, r in results.items()}
    both = ["0001", "0002"]
    assert proved == dict.fromkeys(databases, both) | {"tenant02": ["0002"]}
    others = [r["proved_for"] for r in results.values() if r["proved_for"]]
    assert len(others) == 2
    assert len(set(others)) == 1


@pytest.mark.postgresql
def test_databases_of_a_server_are_done_at_once(
    folder: Path, urls: list[DatabaseURL], postgresql_admin: DatabaseURL
) -> None:
    variables = listed_urls(urls) | {"SCRATCH_DATABASE_URL": postgresql_admin.render()}

    run = alembic_ci("run", "--canary=tenant05", directory=folder, variables=variables)

    assert run.exit_code == 0, run.everything
    assert set(states(run).values()) == {"passed"}
    ended = [line.split()[1] for line in run.stderr.splitlines() if line[:3] == "  ["]
    assert ended[0] == "production/tenant05"
    proofs = [item["steps"][1]["result"]["proved_for"] for item in by_label(run).values()]
    assert sorted(proofs) == ["", *["production/tenant05"] * 5]
    assert not any(url.password and url.password in run.everything for url in urls)


def test_after_a_failed_canary_the_others_are_left_alone(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 5)
    with closing(sqlite3.connect(databases["tenant03"])) as connection:
        connection.execute("create table t0002 (id integer)")

    run = alembic_ci("upgrade", "--canary=tenant03", directory=folder, variables=listed(databases))

    assert run.exit_code == 1
    assert states(run) == dict.fromkeys(databases, "skipped") | {"tenant03": "failed"}
    reasons = {item["steps"][0]["reason"] for item in by_label(run).values()}
    assert reasons == {"", "the canary production/tenant03 failed"}
    assert not databases["tenant00"].exists()


@pytest.mark.parametrize("parallel", ["1", "2"])
def test_no_more_failures_than_are_allowed(folder: Path, tmp_path: Path, parallel: str) -> None:
    databases = files(tmp_path, 8)
    for path in databases.values():
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("create table t0001 (id integer)")

    run = alembic_ci(
        "upgrade",
        "--max-failures=2",
        f"--parallel={parallel}",
        directory=folder,
        variables=listed(databases),
    )

    counts = list(states(run).values())
    assert run.exit_code == 1
    assert 2 <= counts.count("failed") <= 3
    assert counts.count("failed") + counts.count("skipped") == 8


def test_a_signal_ends_every_database_cleanly(tmp_path: Path) -> None:
    nap = "import pathlib, time\npathlib.Path(f'asleep{time.time_ns()}').touch()\ntime.sleep(60)"
    folder, databases = project(tmp_path / "project", before=nap), files(tmp_path, 5)
    process = start(["upgrade", "--parallel=2"], directory=folder, variables=listed(databases))
    wait_until(lambda: len(list(folder.glob("asleep*"))) == 2)

    process.send_signal(signal.SIGTERM)
    run = finished(process, folder)

    assert run.exit_code == 128 + signal.SIGTERM, run.everything
    assert list(states(run).values()) == ["failed"] * 2 + ["skipped"] * 3
    first, *_, last = by_label(run).values()
    assert first["steps"][0]["problem"]["failure_class"] == "interrupted"
    assert first["status_after"]["current"] == ["0001"]
    assert last["steps"][0]["reason"] == "the run was interrupted"
    assert not list(processes(str(folder)))


def test_a_process_that_is_killed_costs_its_own_database_only(tmp_path: Path) -> None:
    kill = """import os, signal
from alembic import context
if "tenant01" in str(context.get_bind().engine.url):
    parent = lambda pid: int(open(f"/proc/{pid}/stat").read().rpartition(") ")[2].split()[1])
    os.kill(parent(os.getppid()), signal.SIGKILL)"""
    folder, databases = project(tmp_path / "project", before=kill), files(tmp_path, 5)

    run = alembic_ci("upgrade", "--parallel=2", directory=folder, variables=listed(databases))

    assert run.exit_code == 1, run.everything
    assert states(run) == dict.fromkeys(databases, "passed") | {"tenant01": "failed"}
    problem = by_label(run)["tenant01"]["steps"][0]["problem"]
    assert "was killed" in problem["problem"]


def test_nothing_is_left_when_the_tool_itself_is_killed(tmp_path: Path) -> None:
    nap = "import pathlib, time\npathlib.Path(f'asleep{time.time_ns()}').touch()\ntime.sleep(60)"
    folder, databases = project(tmp_path / "project", before=nap), files(tmp_path, 3)
    process = start(["upgrade", "--parallel=2"], directory=folder, variables=listed(databases))
    wait_until(lambda: len(list(folder.glob("asleep*"))) == 2)

    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=120)

    wait_until(lambda: not list(processes(str(folder))))
    assert "t0002" not in tables(databases["tenant00"])
