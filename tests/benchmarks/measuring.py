"""Measure processes against each other: same machine, same minute, medians of turns.

Seconds on the clock are what a user waits for; on a busy machine they say more
about the neighbours. Seconds of processor time (of everything started, and of the database server)
are steadier.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from alembic_ci.database.control import Control
from alembic_ci.database.private_home import quick_folder
from alembic_ci.urls import DatabaseURL, Dialect
from projects.generate import write_history
from servers import fresh_database, mysql_server, postgresql_server

Databases = Callable[[], AbstractContextManager[DatabaseURL]]

_PYTHON = sys.executable
_BARE_WALK = Path(__file__).with_name("bare_walk.py")
_STAIRS = Path(__file__).with_name("stairs.py")
_KEPT = ("PATH", "HOME", "LANG", "PYTHONPATH")
_DRIVERS = {Dialect.POSTGRESQL: "postgresql+psycopg2", Dialect.MYSQL: "mysql+pymysql"}
_TIMEOUT = 30.0  # seconds
_SETTLE = 0.2
_PARENT = 0  # where proc(5) has the parent's id, and user and system time, also of dead children
_TIMES = slice(10, 14)
_URL_LINE = "sqlalchemy.url = "


@dataclass(frozen=True, slots=True)
class Cost:
    """What something took, in seconds on the clock and of processor time."""

    wall: float
    cpu: float

    def __mul__(self, factor: float) -> "Cost":
        """Return so many times as much."""
        return Cost(self.wall * factor, self.cpu * factor)

    def __add__(self, more: float) -> "Cost":
        """Return it with *more* seconds of each."""
        return Cost(self.wall + more, self.cpu + more)

    def __str__(self) -> str:
        """Say both."""
        return f"{self.wall:.2f} s ({self.cpu:.2f} s)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A generated project of *count* revisions that points at one empty database."""

    directory: Path
    url: DatabaseURL
    scratch: DatabaseURL | None
    count: int

    def alembic(self, *arguments: str) -> int:
        """Run the project's Alembic, as a shell script would; all of these return their memory."""
        return run((_PYTHON, "-m", "alembic", *arguments), self.directory, {})

    def alembic_ci(self, *arguments: str) -> int:
        """Run our command line."""
        return self.ours("-m", "alembic_ci", *arguments)

    def ours(self, *command: str, exit_code: int = 0) -> int:
        """Run Python with what our command line is told by variables."""
        variables = {"DEVELOPMENT_DATABASE_URL": self.url.render()}
        if self.scratch:
            variables["SCRATCH_DATABASE_URL"] = self.scratch.render()
        return run((_PYTHON, *command), self.directory, variables, exit_code=exit_code)

    def stairs(self) -> int:
        """Prove up, down, up of each revision, on empty tables, but not the way in one go."""
        return self.ours(str(_STAIRS), "rollback-test", "--rows", "0")

    def bare_walk(self) -> int:
        """Walk up, down, up of every revision in one run of env.py, looking at nothing."""
        return run((_PYTHON, str(_BARE_WALK)), self.directory, {})


@dataclass(frozen=True, slots=True)
class Bench:
    """A server and a folder for generated projects, gone in the end."""

    dialect: Dialect
    admin: DatabaseURL | None
    folder: Path

    @contextmanager
    def subject(
        self, count: int, *, given_scratch: bool = True, batch: bool = True
    ) -> Iterator[Subject]:
        """Yield a project with an empty database; the revision files are written once."""
        directory = self._project(count, batch=batch)
        with self._database() as url:
            text = url.render().replace("%", "%%")
            ini = directory / "alembic.ini"
            lines = ini.read_text().splitlines()
            lines = [_URL_LINE + text if x.startswith(_URL_LINE) else x for x in lines]
            ini.write_text("\n".join(lines) + "\n")
            scratch = self.admin if given_scratch else None
            yield Subject(directory=directory, url=url, scratch=scratch, count=count)

    def cost(self, action: Callable[[], object]) -> Cost:
        """Do *action* and return what it took; of the server's time, all that it used meanwhile."""
        cpu, wall = self._cpu(), time.perf_counter()
        action()
        wall = time.perf_counter() - wall
        return Cost(wall, self._cpu() - cpu)

    def _cpu(self) -> float:
        """Return the processor time so far of finished child processes and of the server."""
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = used.ru_utime + used.ru_stime
        return own + (_server_cpu(self.admin) if self.admin else 0.0)

    def _project(self, count: int, *, batch: bool) -> Path:
        directory = self.folder / f"history{count}{'' if batch else 'plain'}"
        if not directory.exists():
            write_history(directory, count, batch=batch)
        return directory

    @contextmanager
    def _database(self) -> Iterator[DatabaseURL]:
        if self.admin:
            with fresh_database(self.admin) as url:
                yield replace(url, drivername=_DRIVERS[self.dialect], written="")
            return
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            yield DatabaseURL(drivername="sqlite", database=f"{folder}/bench.db")


@contextmanager
def bench(dialect: Dialect) -> Iterator[Bench]:
    """Start a server without durability, and keep everything in memory where there is room."""
    with ExitStack() as stack:
        admin = None
        if dialect is Dialect.POSTGRESQL:
            admin = stack.enter_context(postgresql_server())
        if dialect is Dialect.MYSQL:
            admin = stack.enter_context(mysql_server())
        folder = stack.enter_context(tempfile.TemporaryDirectory(dir=quick_folder()))
        yield Bench(dialect, admin, Path(folder))


def run(
    command: Sequence[str], directory: Path, variables: Mapping[str, str], *, exit_code: int = 0
) -> int:
    """Run a process in a clean environment and return the memory of its largest process, in bytes.

    One that ends otherwise than with *exit_code* ends the benchmark.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env={**kept, **variables},
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != exit_code:
            printed.seek(0)
            raise SystemExit(f"{' '.join(command)} failed:\n{printed.read()}")
    return usage.ru_maxrss * 1024


def medians(turns: int, actions: Mapping[str, Callable[[], Cost]]) -> dict[str, Cost]:
    """Do each of *actions*, in turns so that noise hits all alike, and return what each costs."""
    costs: dict[str, list[Cost]] = {name: [] for name in actions}
    for _ in range(turns):
        for name, action in actions.items():
            costs[name].append(action())
    return {
        name: Cost(median(cost.wall for cost in taken), median(cost.cpu for cost in taken))
        for name, taken in costs.items()
    }


def judged(what: str, ours: Cost, theirs: Cost, limit: float) -> None:
    """Print how many times *theirs* we cost, beside what it should be at most."""
    ratio = ours.wall / theirs.wall
    say(
        f"{'ok ' if ratio <= limit else 'BAD'} {what}: {ratio:.2f} (at most {limit:g}; "
        f"in processor time {ours.cpu / theirs.cpu:.2f})"
    )


def _server_cpu(admin: DatabaseURL) -> float:
    """Return the processor time of a server on this machine, its finished backends included."""
    with Control.open(admin, timeout=_TIMEOUT) as control:
        if admin.dialect is Dialect.POSTGRESQL:
            pid = _stat(int(str(control.query("SELECT pg_backend_pid()")[0][0])))[_PARENT]
        else:
            pid = int(Path(str(control.query("SELECT @@pid_file")[0][0])).read_text())
    time.sleep(_SETTLE)  # backends that were told to end do so now
    return sum(_stat(pid)[_TIMES]) / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[int]:
    """Return the numbers of proc(5) from the parent's id on."""
    return [int(x) for x in Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1:]]


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
