"""One project on one database, called the way a CI job calls it."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from alembic_ci.urls import DatabaseURL
from cli import Run, alembic_ci
from servers import only_mariadb


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One run and its report, read at once: the next run overwrites the file."""

    run: Run
    report: Any

    @property
    def exit_code(self) -> int:
        """The exit code of the process."""
        return self.run.exit_code

    @property
    def text(self) -> str:
        """All that was printed."""
        return self.run.everything

    def database(self, environment: int = 0, database: int = 0) -> Any:
        """The report of one database."""
        return self.report["environments"][environment]["databases"][database]

    def step(self, name: str, environment: int = 0, database: int = 0) -> Any:
        """The report of one step of one database."""
        steps = self.database(environment, database)["steps"]
        return next(step for step in steps if step["name"] == name)

    def result(self, name: str, environment: int = 0, database: int = 0) -> Any:
        """What one step brought back."""
        return self.step(name, environment, database)["result"]

    def states(self, environment: int = 0, database: int = 0) -> dict[str, str]:
        """How each step of one database ended."""
        steps = self.database(environment, database)["steps"]
        return {step["name"]: step["state"] for step in steps}

    def verdicts(self, environment: int = 0, database: int = 0) -> dict[str, str]:
        """What the rollback test says of each revision."""
        proofs = self.result("rollback-test", environment, database)["proofs"]
        return {proof["revision"]: proof["verdict"] for proof in proofs}

    def stands_at(self, environment: int = 0, database: int = 0) -> list[str]:
        """The revisions in the version table after the run."""
        current: list[str] = self.database(environment, database)["status_after"]["current"]
        return current

    def problem(self) -> Any:
        """The first problem that the report holds."""
        environments = self.report["environments"]
        found = [self.report["problem"], *(item["problem"] for item in environments)]
        for environment in environments:
            for database in environment["databases"]:
                found += [step["problem"] for step in database["steps"]]
        return next(item for item in found if item)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A project's folder, the interpreter that runs it, and the job's process variables."""

    directory: Path
    python: Path
    variables: Mapping[str, str]

    def run(self, command: str, *arguments: str, **more: str) -> Finished:
        """Run a command with *more* process variables; it may fail and may not crash."""
        run = alembic_ci(
            command,
            f"--python={self.python}",
            *arguments,
            directory=self.directory,
            variables={**self.variables, **more},
        )
        assert "Traceback" not in run.stderr, run.stderr
        return Finished(run=run, report=run.report)

    def passed(self, command: str, *arguments: str, **more: str) -> Finished:
        """Run a command that has to pass."""
        finished = self.run(command, *arguments, **more)
        assert finished.exit_code == 0, finished.text
        return finished


def dialect_of(driver: str) -> str:
    """Return the fixture family of a SQLAlchemy driver name: MariaDB's is called mysql."""
    dialect = driver.partition("+")[0]
    return "mysql" if dialect == "mariadb" else dialect


def marked(*values: Any, driver: str, name: str = "") -> Any:
    """Return a parameter set that is marked with the server it needs."""
    dialect = dialect_of(driver)
    marks = [] if dialect == "sqlite" else [getattr(pytest.mark, dialect)]
    marks += [only_mariadb] if driver.startswith("mariadb") else []
    return pytest.param(*values, id=f"{name}-{driver}" if name else driver, marks=marks)


def url_for(driver: str, request: pytest.FixtureRequest) -> DatabaseURL:
    """Return an empty database, its URL naming *driver*."""
    url: DatabaseURL = request.getfixturevalue(f"{dialect_of(driver)}_url")
    return dataclasses.replace(url, drivername=driver, written="")


def variables_for(url: DatabaseURL, name: str = "DEV_DATABASE_URL") -> dict[str, str]:
    """Return the variables of a job on *url*; scratch databases are made on the same server."""
    scratch = {} if url.drivername.startswith("sqlite") else {"SCRATCH_DATABASE_URL": url.render()}
    return {name: url.render(), **scratch}
