"""What it takes to start a worker's process."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from alembic_ci.environments import Environment, secret_variables
from alembic_ci.project.process import WorkerProcess
from alembic_ci.project.url_variables import named, url_values
from alembic_ci.project.variables import worker_variables
from alembic_ci.settings import Settings
from alembic_ci.urls import DatabaseURL

# The variable that says which schema to migrate, where each tenant has a schema of its own.
SCHEMA_VARIABLE = "DATABASE_SCHEMA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spawn:
    """The interpreter, the folder and the whole environment of a worker's process.

    *own* are the variables that are this database's and no other's; *driver* is its URL's.
    """

    interpreter: Path
    directory: Path
    variables: Mapping[str, str] = field(repr=False)
    own: frozenset[str] = frozenset()
    driver: str = ""

    @classmethod
    def on(
        cls,
        url: DatabaseURL,
        names: frozenset[str],
        *,
        interpreter: Path,
        directory: Path,
        variables: Mapping[str, str],
    ) -> Self:
        """Return what a process needs that works on *url*, which stands in the variables *names*.

        *variables* are ours.
        """
        return cls(
            interpreter=interpreter,
            directory=directory,
            variables=process_variables(variables, url, names),
            own=frozenset(map(named, names)) | {SCHEMA_VARIABLE},
            driver=url.drivername,
        )

    def in_schema(self, schema: str) -> Self:
        """Return the same for one tenant's schema."""
        return dataclasses.replace(self, variables={**self.variables, SCHEMA_VARIABLE: schema})

    def start(self) -> WorkerProcess:
        """Start a process."""
        return WorkerProcess.start(
            interpreter=self.interpreter, directory=self.directory, variables=self.variables
        )


class Starter(Protocol):
    """Where workers' processes come from."""

    def process(self, spawn: Spawn) -> WorkerProcess:
        """Return a process that nobody else has."""

    def apart(self) -> "Starter":
        """Return where they come from in another process, which has been forked from ours."""


def url_names(settings: Settings, variable: str) -> frozenset[str]:
    """Return every variable in which env.py may look for the URL, or for a part of it."""
    return frozenset(name for name in ("DATABASE_URL", *settings.url_variables, variable) if name)


def process_variables(
    variables: Mapping[str, str], url: DatabaseURL, names: Iterable[str]
) -> dict[str, str]:
    """Return the environment of a child process that works on *url*, and on nothing else."""
    return worker_variables(
        variables, secret=secret_variables(variables), given=url_values(names, url)
    )


def drivernames(chosen: Iterable[Environment]) -> tuple[str, ...]:
    """Return dialects and drivers of all databases, as SQLAlchemy spells them."""
    return tuple(sorted({database.url.drivername for one in chosen for database in one.databases}))
