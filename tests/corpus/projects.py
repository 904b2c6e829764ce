"""Public projects whose migrations nobody here wrote: how to install them and where to start.

Each is installed from PyPI into an environment of its own, at the versions whose behaviour under
plain Alembic is recorded in ``expected/``.
"""

import json
import os
import shlex
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from alembic_ci.urls import DatabaseURL, Dialect
from environments import PinnedSet
from servers import MYSQL_SERVER

_HERE = Path(__file__).parent
_SYNC_DRIVERS = {Dialect.POSTGRESQL: "postgresql+psycopg2", Dialect.MYSQL: "mysql+pymysql"}
_ASYNC_DRIVERS = {
    Dialect.POSTGRESQL: "postgresql+asyncpg",
    Dialect.SQLITE: "sqlite+aiosqlite",
}
_ALEMBIC = ("alembic==1.20.1", "sqlalchemy==2.1.9")
_SYNC = ("psycopg2-binary==2.9.12", "pymysql==1.1.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the tool is called with, and from where.

    *arguments* follow the command, *variables* are added to the process environment. *baseline* is
    a command that makes what must be there before the first revision, in ``DATABASE_URL``.
    """

    folder: Path
    arguments: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    baseline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusProject:
    """One public project; *drivers* are those that its environment has installed."""

    name: str
    pinned: PinnedSet
    start: Callable[[Path, Path, Dialect], Start]
    dialects: tuple[Dialect, ...] = tuple(Dialect)
    drivers: Mapping[Dialect, str] = field(default_factory=lambda: _SYNC_DRIVERS)

    def lay_out(self, folder: Path, interpreter: Path, dialect: Dialect) -> Start:
        """Fill *folder*, the working directory, and say how to start from it."""
        layout = _HERE / "layouts" / self.name
        if layout.is_dir():
            shutil.copytree(layout, folder, dirs_exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        start = self.start(folder, _site_packages(interpreter), dialect)
        arguments = ("--python", str(interpreter), *start.arguments)
        if start.baseline:
            arguments += ("--scratch-baseline", shlex.join(start.baseline))
        return replace(start, arguments=arguments)

    def url(self, url: DatabaseURL) -> DatabaseURL:
        """Return the URL with the driver that this project's environment has."""
        driver = self.drivers.get(url.dialect, url.drivername)
        return replace(url, drivername=driver, written="")

    def expected(self, dialect: Dialect) -> dict[str, str]:
        """Return the verdict of each revision: the word, and for a failure its phase."""
        itself = dialect is Dialect.MYSQL and MYSQL_SERVER == "mysql"
        own = _recorded(f"{self.name}-{dialect}-itself") if itself else {}
        return _recorded(f"{self.name}-{dialect}") | own

    def expected_with_rows(self, dialect: Dialect) -> dict[str, str]:
        """Return the same on tables that hold rows; a file of its own holds what is different."""
        return self.expected(dialect) | _recorded(f"{self.name}-{dialect}-with-rows")


def _recorded(name: str) -> dict[str, str]:
    file = _HERE / "expected" / f"{name}.json"
    if not file.exists():
        return {}
    verdicts: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return verdicts


def _optuna(folder: Path, site: Path, _: Dialect) -> Start:
    home = site / "optuna" / "storages" / "_rdb"
    return Start(
        folder=folder,
        arguments=(
            *("--config", str(home / "alembic.ini")),
            *("--set", f"script_location={home / 'alembic'}"),
        ),
    )


def _mlflow(folder: Path, site: Path, _: Dialect) -> Start:
    home = site / "mlflow" / "store" / "db_migrations"
    python = site.parents[2] / "bin" / "python"
    return Start(
        folder=folder,
        arguments=(
            *("--config", str(home / "alembic.ini")),
            *("--set", f"script_location={home}"),
        ),
        baseline=(str(python), "baseline.py"),
    )


def _keystone(folder: Path, site: Path, _: Dialect) -> Start:
    versions = site / "keystone" / "common" / "sql" / "migrations" / "versions"
    branches = sorted(path for path in versions.glob("*/*") if path.name in {"contract", "expand"})
    locations = os.pathsep.join(map(str, (versions, *branches)))
    return Start(folder=folder, arguments=("--set", f"version_locations={locations}"))


def _prefect(folder: Path, site: Path, dialect: Dialect) -> Start:
    versions = site / "prefect" / "server" / "database" / "_migrations" / "versions"
    return Start(
        folder=folder,
        arguments=(
            *("--set", f"version_locations={versions / dialect.value}"),
            *("--url-variables", "PREFECT_API_DATABASE_CONNECTION_URL"),
        ),
        variables={"PREFECT_HOME": str(folder / "home")},
    )


def _site_packages(interpreter: Path) -> Path:
    return next(interpreter.parents[1].glob("lib/python*/site-packages"))


def _pinned(name: str, *requirements: str) -> PinnedSet:
    return PinnedSet(name=name, requirements=(*requirements, *_ALEMBIC), pythons=("3.11", "3.12"))


PROJECTS = (
    CorpusProject(name="optuna", pinned=_pinned("optuna", "optuna==5.0.0", *_SYNC), start=_optuna),
    CorpusProject(
        name="keystone", pinned=_pinned("keystone", "keystone==30.0.0", *_SYNC), start=_keystone
    ),
    CorpusProject(
        name="mlflow", pinned=_pinned("mlflow", "mlflow-skinny==3.17.2", *_SYNC), start=_mlflow
    ),
    CorpusProject(
        name="prefect",
        pinned=_pinned("prefect", "prefect==3.8.8", "asyncpg==0.32.0", "aiosqlite==0.22.1"),
        start=_prefect,
        dialects=(Dialect.POSTGRESQL, Dialect.SQLITE),
        drivers=_ASYNC_DRIVERS,
    ),
)
