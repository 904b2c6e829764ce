"""Small virtual environments with pinned versions, built once and kept between test runs.

A project's own interpreter is what the tool must live with: these are such interpreters. They are
built by ``uv`` from the Pythons that are on this machine; none is ever downloaded.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path.home() / ".cache" / "alembic-ci-tests"
_ENVS = CACHE / "envs"
_PYENV = Path.home() / ".pyenv" / "versions"
_BUILD_TIMEOUT = 900.0  # seconds; the first build downloads packages
_THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


class EnvironmentBuildError(Exception):
    """A virtual environment could not be built; the text says which, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedSet:
    """Requirements that belong together; *pythons* are tried in order, the first found is used."""

    name: str
    requirements: tuple[str, ...]
    pythons: tuple[str, ...] = (_THIS_PYTHON,)

    def interpreter(self) -> Path:
        """Return the interpreter of this environment, building it when it is not there yet."""
        python = next((item for item in self.pythons if base_python(item)), self.pythons[-1])
        return environment(*self.requirements, python=python)


_DRIVERS = ("psycopg2-binary==2.9.12", "pymysql==1.1.2")

OLDEST = PinnedSet(
    name="oldest",
    requirements=("alembic==1.8.1", "sqlalchemy==1.4.54", "greenlet", *_DRIVERS),
    pythons=("3.9", "3.11"),
)
OLDER = PinnedSet(
    name="older", requirements=("alembic==1.13.3", "sqlalchemy==1.4.54", "greenlet", *_DRIVERS)
)
MIDDLE = PinnedSet(
    name="middle", requirements=("alembic==1.13.3", "sqlalchemy==2.0.44", "greenlet", *_DRIVERS)
)
CURRENT = PinnedSet(
    name="current", requirements=("alembic==1.20.1", "sqlalchemy==2.1.9", "greenlet", *_DRIVERS)
)
ASYNC = PinnedSet(
    name="async",
    requirements=(
        *CURRENT.requirements,
        "aiomysql==0.3.2",
        "aiosqlite==0.22.1",
        "asyncmy==0.2.18",
        "asyncpg==0.32.0",
        "psycopg[binary]==3.3.9",
    ),
)
FLASK = PinnedSet(
    name="flask",
    requirements=(*CURRENT.requirements, "flask-migrate==4.1.0", "flask-sqlalchemy==3.1.1"),
)
MYSQLCLIENT = PinnedSet(
    name="mysqlclient",  # has no wheels: wants a C compiler, pkg-config and libmariadb-dev
    requirements=(*CURRENT.requirements, "mysqlclient==2.2.7"),
)
PINNED_SETS = (OLDEST, OLDER, MIDDLE, CURRENT, ASYNC)


def environment(*requirements: str, python: str = _THIS_PYTHON) -> Path:
    """Return an interpreter that has *requirements*; *python* is a version such as ``3.9``.

    Environments are kept in a cache keyed by their requirements; several processes may ask for
    the same one at once.
    """
    base = base_python(python)
    if base is None:
        raise EnvironmentBuildError(f"There is no Python {python} on this machine.")
    key = "\n".join((str(base), *sorted(requirements)))
    folder = _ENVS / f"{python}-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    with locked(folder):
        if not (folder / "complete").exists():
            _build(folder, base, requirements)
    return folder / "bin" / "python"


def base_python(version: str) -> Path | None:
    """Find a Python of this version on the machine: our own, on the path, or one of pyenv's."""
    if version == _THIS_PYTHON:
        return Path(sys.base_prefix) / "bin" / f"python{version}"
    installed = sorted(_PYENV.glob(f"{version}.*/bin/python{version}"))
    found = shutil.which(f"python{version}", path="/usr/local/bin:/usr/bin:/bin")
    return Path(found) if found else next(reversed(installed), None)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other processes from what is made in *folder* meanwhile."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # freed by the kernel when the process ends
        yield


def _build(folder: Path, base: Path, requirements: tuple[str, ...]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    _uv("venv", "--python", str(base), str(folder), requirements=requirements)
    _uv(
        "pip",
        "install",
        "--python",
        str(folder / "bin" / "python"),
        *requirements,
        requirements=requirements,
    )
    (folder / "complete").touch()


def _uv(*arguments: str, requirements: tuple[str, ...]) -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise EnvironmentBuildError("The command uv is not on the path: pip install uv.")
    variables = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    variables.pop("VIRTUAL_ENV", None)
    done = subprocess.run(
        [uv, "--no-config", "--quiet", *arguments],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=_BUILD_TIMEOUT,
    )
    if done.returncode:
        raise EnvironmentBuildError(
            f"An environment with {', '.join(requirements)} could not be built. The first build "
            f"needs a package index; later ones use the cache in {_ENVS}.\nuv said: {done.stderr}"
        )
