"""Sample projects to which something happens."""

import dataclasses
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from alembic_ci.urls import DatabaseURL
from cases import case
from cli import Run, alembic_ci

SQLITE = {"DATABASE_URL": "sqlite:///shop.db"}
PATIENCE = 120.0  # seconds; only a test that fails waits so long


def project(place: Path, *, env: str = "", **revisions: str) -> Path:
    """Copy a project of three sound revisions, with code put before env.py or ``r0002=``."""
    directory = case("downgrade_empty").copied(place)
    (directory / "migrations/versions/0002_add_a_note.py").unlink()
    third = next((directory / "migrations/versions").glob("0003_*.py"))
    third.write_text(third.read_text().replace('down_revision = "0002"', 'down_revision = "0001"'))
    prepend(directory / "migrations/env.py", env)
    for name, code in revisions.items():
        prepend(next((directory / "migrations/versions").glob(f"{name[1:]}_*.py")), code)
    return directory


def add_revision(directory: Path, upgrade: str, *, downgrade: str = "pass") -> Path:
    """Add revision ``0004`` with these bodies, each one or more lines."""
    path = directory / "migrations/versions/0004_last.py"
    bodies = [
        f"def {name}() -> None:\n" + "".join(f"    {line}\n" for line in body.splitlines())
        for name, body in (("upgrade", upgrade), ("downgrade", downgrade))
    ]
    head = 'from alembic import op\n\nrevision = "0004"\ndown_revision = "0003"\n\n\n'
    path.write_text(head + "\n\n".join(bodies))
    return path


# The doctor runs a revision again on a scratch database, where it need not be interrupted.
SLEEP_ONCE = """
import pathlib, time
first = not pathlib.Path("asleep").exists()
pathlib.Path("asleep").touch()
if first:
    time.sleep(60)
""".strip()


def sleepy(place: Path, *, statement: str = "") -> Path:
    """Copy a project whose revision ``0004`` makes a file ``asleep`` and sleeps, maybe in SQL."""
    directory = project(place)
    nap = f'op.execute("{statement}")' if statement else "time.sleep(60)"
    add_revision(
        directory,
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        + SLEEP_ONCE.replace("time.sleep(60)", nap),
        downgrade='op.execute("DROP TABLE beds")',
    )
    return directory


def alone(url: DatabaseURL) -> dict[str, str]:
    """Return the variables of a job on *url*; if it tries anything, then on a private server."""
    driver = {"postgresql": "postgresql+psycopg2", "mysql": "mysql+pymysql"}[url.dialect]
    return {"DATABASE_URL": dataclasses.replace(url, drivername=driver, written="").render()}


def on(url: DatabaseURL) -> dict[str, str]:
    """Return the same with scratch databases on the same server, which take less time."""
    return {**alone(url), "SCRATCH_DATABASE_URL": url.render()}


def prepend(path: Path, code: str) -> None:
    """Put *code* before what a file holds."""
    path.write_text(f"{code}\n{path.read_text()}" if code else path.read_text())


def run(directory: Path, *arguments: str, variables: Mapping[str, str] = SQLITE) -> Run:
    """Run the tool; whatever happens, it ends with an answer and not with a traceback of ours."""
    finished = alembic_ci(*arguments, directory=directory, variables=variables)
    assert finished.exit_code != 10, finished.everything
    assert "Traceback" not in finished.stderr, finished.stderr
    return finished


def told(finished: Run) -> Any:
    """Return the first problem of a report; it has a remedy."""
    report = finished.report
    found = [report["problem"], *(item["problem"] for item in report["environments"])]
    for environment in report["environments"]:
        for database in environment["databases"]:
            found += [step["problem"] for step in database["steps"]]
    problem = next(item for item in found if item)
    assert problem["remedy"]
    return problem


def heard(process: "subprocess.Popen[str]", words: str) -> str:
    """Wait until a run says *words*, and return all it has said until then."""
    said = ""
    assert process.stderr
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"{words!r} is not in {said!r}")


def wait_until(condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.05)


def processes(mark: str) -> Iterator[int]:
    """Yield the processes on this machine whose arguments or working directory hold *mark*."""
    for folder in Path("/proc").iterdir():
        if re.fullmatch(r"\d+", folder.name):
            try:
                arguments = (folder / "cmdline").read_bytes().decode(errors="replace")
                place = str((folder / "cwd").readlink())
            except OSError:
                continue
            if mark in arguments or mark in place:
                yield int(folder.name)
