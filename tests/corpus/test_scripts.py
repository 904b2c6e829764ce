"""The scripts of histories nobody here wrote, applied by hand, lead where the commands lead."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from alembic_ci.urls import DatabaseURL, Dialect
from cli import Run, alembic_ci
from clients import apply
from corpus.installed import interpreter_of
from corpus.projects import PROJECTS, CorpusProject, Start
from jobs import marked
from twins import Twins, twins

pytestmark = [pytest.mark.corpus, pytest.mark.slow]

_BY_NAME = {project.name: project for project in PROJECTS}
_TIME_LIMIT = 900.0  # seconds
_UPGRADES = [
    ("optuna", Dialect.POSTGRESQL),
    ("optuna", Dialect.SQLITE),
    ("keystone", Dialect.POSTGRESQL),
    ("keystone", Dialect.MYSQL),
    ("keystone", Dialect.SQLITE),
    ("mlflow", Dialect.POSTGRESQL),
    ("mlflow", Dialect.MYSQL),
    ("mlflow", Dialect.SQLITE),
    ("prefect", Dialect.POSTGRESQL),
    ("prefect", Dialect.SQLITE),
]
# From one revision whose downgrade raises to the next: what lies behind the first can be taken
# back. The upgrades of optuna on MariaDB end at v1.3.0.a. On PostgreSQL its v2.4.0.a can only be
# applied together with v0.9.0.a, which cannot be taken back then. keystone has no downgrades.
_STRETCHES = [
    ("optuna", Dialect.POSTGRESQL, ("base", "v1.3.0.a")),
    ("optuna", Dialect.POSTGRESQL, ("v2.4.0.a", "v3.0.0.b")),
    ("optuna", Dialect.POSTGRESQL, ("v3.0.0.c", "heads")),
    ("optuna", Dialect.MYSQL, ("base", "v1.3.0.a")),
    ("optuna", Dialect.SQLITE, ("base", "v3.0.0.b")),
    ("optuna", Dialect.SQLITE, ("v3.0.0.c", "heads")),
    ("mlflow", Dialect.POSTGRESQL, ("base", "89d4b8295536")),
    ("mlflow", Dialect.POSTGRESQL, ("2b4d017a5e9b", "heads")),
    ("mlflow", Dialect.MYSQL, ("base", "89d4b8295536")),
    ("mlflow", Dialect.MYSQL, ("2b4d017a5e9b", "a5b4c3d2e1f0")),
    ("mlflow", Dialect.MYSQL, ("7d34483879f0", "b7e4c1a90f23")),
    ("mlflow", Dialect.MYSQL, ("a8b9c0d1e2f3", "75868b020152")),
    ("mlflow", Dialect.SQLITE, ("base", "d0e1f2a3b4c5")),
    ("mlflow", Dialect.SQLITE, ("c8d9e0f1a2b3", "heads")),
    ("prefect", Dialect.POSTGRESQL, ("base", "heads")),
    ("prefect", Dialect.SQLITE, ("base", "heads")),
]


@pytest.mark.parametrize(
    ("name", "dialect"), [marked(*case, driver=case[1].value, name=case[0]) for case in _UPGRADES]
)
def test_the_script_leads_where_the_upgrade_leads(
    name: str, dialect: Dialect, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = _BY_NAME[name]
    caller = _caller(project, dialect, tmp_path)

    with twins(project.drivers.get(dialect, dialect.value), request, tmp_path) as pair:
        caller.lay_baselines(pair)
        caller.there(pair)


@pytest.mark.parametrize(
    ("name", "dialect", "ends"),
    [
        marked(name, dialect, ends, driver=dialect.value, name="-".join((name, *ends)))
        for name, dialect, ends in _STRETCHES
    ],
)
def test_the_scripts_lead_where_upgrade_and_downgrade_lead(
    name: str,
    dialect: Dialect,
    ends: tuple[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    start, end = ends
    project = _BY_NAME[name]
    caller = _caller(project, dialect, tmp_path)

    with twins(project.drivers.get(dialect, dialect.value), request, tmp_path) as pair:
        caller.lay_baselines(pair)
        if start != "base":
            caller.call(pair.upgraded, "run", "--steps=upgrade", f"--target={start}")
            caller.call(pair.applied, "run", "--steps=upgrade", f"--target={start}")
        done = caller.there(pair, f"--target={end}")
        back = _script(done, "downgrade").rename(tmp_path / "back.sql")
        caller.call(pair.upgraded, "downgrade", f"--target={start}")
        caller.apply(back, pair)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    """Calls the tool on one project the way its layout wants it."""

    start: Start

    def lay_baselines(self, pair: Twins) -> None:
        """Bring both databases to where the project's first revision starts."""
        for url in (pair.upgraded, pair.applied) if self.start.baseline else ():
            variables = {"PATH": os.environ["PATH"], "DATABASE_URL": url.render()}
            subprocess.run(self.start.baseline, cwd=self.start.folder, env=variables, check=True)

    def there(self, pair: Twins, *arguments: str) -> Run:
        """Upgrade one database, and apply the script to the other."""
        done = self.call(pair.upgraded, "run", "--steps=sql,upgrade", *arguments)
        self.apply(_script(done, "upgrade"), pair)
        return done

    def apply(self, script: Path, pair: Twins) -> None:
        """Apply a script to the other database, whose name is the only thing that is different."""
        ours, other = pair.upgraded.database or "", pair.applied.database or ""
        script.write_text(script.read_text("utf-8").replace(ours, other), "utf-8")
        apply(script, pair.applied)
        pair.alike()

    def call(self, url: DatabaseURL, *arguments: str) -> Run:
        """Run a command that has to pass."""
        written = url.render()
        scratch = {} if url.dialect is Dialect.SQLITE else {"SCRATCH_DATABASE_URL": written}
        done = alembic_ci(
            *arguments,
            *self.start.arguments,
            directory=self.start.folder,
            variables={"DATABASE_URL": written, **scratch, **self.start.variables},
            timeout=_TIME_LIMIT,
        )
        assert done.exit_code == 0, done.everything
        return done


def _caller(project: CorpusProject, dialect: Dialect, folder: Path) -> _Caller:
    return _Caller(start=project.lay_out(folder / "work", interpreter_of(project), dialect))


def _script(done: Run, direction: str) -> Path:
    return done.folder / "sql" / "development" / f"{direction}.sql"
