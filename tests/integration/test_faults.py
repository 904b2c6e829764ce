"""Kill -9 between two statements, then a plain second run: nothing is applied twice, nothing lost.

The revision stops at gates, so that the moment of death is not a matter of luck.
"""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from accidents import add_revision, on, processes, project, run, wait_until
from alembic_ci.database.control import Control
from alembic_ci.database.private_mysql import private_mysql
from alembic_ci.database.private_postgresql import private_postgresql
from alembic_ci.urls import DatabaseURL, Dialect
from cli import start

GATE = '''
import os, pathlib, signal, time


def gate(number: int) -> None:
    """Stop at the gate that the test names, once."""
    if os.environ.get("KILL_AT") != str(number) or pathlib.Path("reached").exists():
        return
    pathlib.Path("reached").touch()
    if os.environ["VICTIM"] == "worker":
        os.kill(os.getpid(), signal.SIGKILL)
    while not pathlib.Path("go").exists():
        time.sleep(0.02)
'''
STEPS = """
op.execute("UPDATE dishes SET id = id + 100")
gate(1)
op.execute("CREATE TABLE beds (id INTEGER)")
gate(2)
op.execute("ALTER TABLE dishes ADD COLUMN price INTEGER")
gate(3)
op.execute("INSERT INTO beds VALUES (1)")
gate(4)
"""
BACK = 'op.execute("ALTER TABLE dishes DROP COLUMN price")\nop.execute("DROP TABLE beds")'


def variables(url: DatabaseURL) -> dict[str, str]:
    """Return the variables of a job."""
    return {"DATABASE_URL": url.render()} if url.dialect is Dialect.SQLITE else on(url)


def gated(place: Path, url: DatabaseURL) -> Path:
    """Make a project at revision 0003, with a row, and 0004 to come."""
    directory = project(place)
    run(directory, "upgrade", variables=variables(url))
    with Control.open(url, timeout=5) as control:
        control.execute("INSERT INTO dishes (id, name) VALUES (1, 'soup')")
    path = add_revision(directory, STEPS.strip(), downgrade=BACK)
    path.write_text(GATE + path.read_text())
    return directory


def killed(directory: Path, url: DatabaseURL, victim: str, gate: int, server: int = 0) -> None:
    """Run an upgrade and kill *victim* at a gate."""
    fate = {"KILL_AT": str(gate), "VICTIM": victim}
    process = start(
        ["upgrade", "--connect-timeout=5"], directory=directory, variables=variables(url) | fate
    )
    wait_until((directory / "reached").exists)
    if victim == "tool":
        process.kill()
    if victim == "server":
        os.kill(server, signal.SIGKILL)
        os.waitpid(server, 0)  # it is a child of ours, and a zombie would keep its lock file
        (directory / "go").touch()
    process.communicate(timeout=300)
    assert process.returncode != 0
    wait_until(lambda: not list(processes(str(directory))))


def settled(directory: Path, url: DatabaseURL) -> bool:
    """Run again, with the doctor's help if need be; everything is there once. Tell if it helped."""
    again = run(directory, "upgrade", variables=variables(url))
    half = again.exit_code != 0
    if half:
        assert again.step("upgrade")["problem"]["failure_class"] == "half-applied", again.everything
        mended = run(directory, "doctor", "--resume=finish", "--apply", variables=variables(url))
        assert mended.exit_code == 0, mended.everything
        again = mended
    assert again.database()["status_after"]["current"] == ["0004"]
    with Control.open(url, timeout=5) as control:
        assert control.query("SELECT id, price FROM dishes") == [(101, None)]
        assert control.query("SELECT id FROM beds") == [(1,)]
    return half


@pytest.mark.parametrize(("victim", "gate"), [("worker", 3), ("tool", 2)])
def test_a_kill_on_sqlite_is_made_good_by_a_second_run(
    victim: str, gate: int, sqlite_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = gated(tmp_path, sqlite_url)

    killed(directory, sqlite_url, victim, gate)

    assert not settled(directory, sqlite_url)


@pytest.mark.postgresql
@pytest.mark.parametrize(("victim", "gate"), [("worker", 4), ("tool", 1)])
def test_a_kill_on_postgresql_is_made_good_by_a_second_run(
    victim: str, gate: int, postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = gated(tmp_path, postgresql_url)

    killed(directory, postgresql_url, victim, gate)

    assert not settled(directory, postgresql_url)


@pytest.mark.mysql
@pytest.mark.parametrize(
    ("victim", "gate", "end"), [("tool", 1, "made good"), ("worker", 4, "finished")]
)
def test_a_kill_on_mariadb_is_made_good_or_named(
    victim: str, gate: int, end: str, mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = gated(tmp_path, mysql_url)

    killed(directory, mysql_url, victim, gate)

    assert settled(directory, mysql_url) is (end == "finished")


@pytest.mark.postgresql
def test_a_killed_postgresql_server_loses_nothing(tmp_path: Path) -> None:
    with private_postgresql() as url:
        directory = gated(tmp_path, url)
        with Control.open(url, timeout=5) as control:
            folder = Path(str(control.query("SHOW data_directory")[0][0]))
        number = int((folder / "postmaster.pid").read_text().split()[0])

        with restarted(number, url, lambda: killed(directory, url, "server", 3, number)):
            assert not settled(directory, url)


@pytest.mark.mysql
def test_a_killed_mariadb_server_keeps_half_a_revision_and_the_doctor_finishes_it(
    tmp_path: Path,
) -> None:
    with private_mysql() as admin:
        with Control.open(admin, timeout=5) as control:
            control.execute("CREATE DATABASE shop")
            number = int(Path(str(control.query("SELECT @@pid_file")[0][0])).read_text())
        url = DatabaseURL.parse(admin.render().rstrip("/") + "/shop")
        directory = gated(tmp_path, url)

        with restarted(number, url, lambda: killed(directory, url, "server", 3, number)):
            assert settled(directory, url)


@contextmanager
def restarted(number: int, url: DatabaseURL, accident: object) -> Iterator[None]:
    """Let the server with that process number die, and start it again as it was."""
    command = Path(f"/proc/{number}/cmdline").read_bytes().decode().split("\0")[:-1]
    owner = Path(f"/proc/{number}").stat()
    assert callable(accident)
    accident()
    again = [part for part in command if not part.startswith("--init-file")]
    process = _started(again, owner.st_uid, owner.st_gid)
    deadline = time.monotonic() + 60
    try:
        while True:
            with contextlib.suppress(Exception):
                Control.open(url, timeout=0).close()
                break
            assert time.monotonic() < deadline
            if process.poll() is not None:
                process = _started(again, owner.st_uid, owner.st_gid)
            time.sleep(0.1)
        yield
    finally:
        process.kill()
        process.wait()


def _started(command: list[str], user: int, group: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        user=user,
        group=group,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
