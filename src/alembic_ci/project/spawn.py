"""What it takes to start a worker's process, and a process started before it is needed."""

import contextlib
import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from alembic_ci.environments import Environment, environments, secret_variables
from alembic_ci.errors import AlembicCIError
from alembic_ci.project.config_files import config_files
from alembic_ci.project.dependencies.choosing import Circumstances, order
from alembic_ci.project.failures import WorkerDiedError
from alembic_ci.project.interpreter import interpreter
from alembic_ci.project.locate import locate
from alembic_ci.project.process import WorkerProcess
from alembic_ci.project.url_variables import named, url_values
from alembic_ci.project.variables import worker_variables
from alembic_ci.settings import Settings
from alembic_ci.urls import DatabaseURL
from alembic_ci.worker.protocol import Message

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


class Ahead:
    """At most one process, started on the guess that it will be asked for; close it in the end.

    It imports Alembic while we do, and nothing of the project's before ``begin()``.
    """

    def __init__(self) -> None:
        self._started: tuple[Spawn, WorkerProcess] | None = None

    @property
    def guessed(self) -> Spawn | None:
        """What was started and nobody has asked for yet."""
        return self._started[0] if self._started else None

    def guess(
        self, settings: Settings, variables: Mapping[str, str], *, in_image: bool = False
    ) -> None:
        """Start what the first database of a run needs; whatever is wrong is found out later.

        Nothing is started with the URL of a protected environment, which may still be refused, nor
        for the first of many databases: their workers are made in another way. Nor is anything
        started while the project's dependencies have to be installed *in_image* first.
        """
        with contextlib.suppress(AlembicCIError):
            chosen = environments(settings, variables)
            python = _interpreter(settings, variables, chosen, in_image=in_image)
            spawn = None
            if python and not chosen[0].protected:
                spawn = _first(settings, variables, chosen[0], python)
            if spawn is not None:
                self._started = spawn, spawn.start()

    def begin(self, spawn: Spawn, request: Message) -> None:
        """Let the process that was started ahead do what it will be asked first, if it is *spawn*.

        That it has died is found out when it is asked for.
        """
        if self._started is not None and spawn == self.guessed:
            with contextlib.suppress(WorkerDiedError):
                self._started[1].begin(request)

    def process(self, spawn: Spawn) -> WorkerProcess:
        """Return the process that was started ahead if it is the one wanted, else a new one."""
        if self._started is None or spawn != self.guessed:
            return spawn.start()
        (_, process), self._started = self._started, None
        return process

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End a process that nobody wanted."""
        if self._started is not None:
            self._started[1].stop()


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


def _interpreter(
    settings: Settings,
    variables: Mapping[str, str],
    chosen: Iterable[Environment],
    *,
    in_image: bool,
) -> Path | None:
    """Return the interpreter that the run will come to, unless it has to be installed first."""
    circumstances = Circumstances(in_image=in_image, variables=variables, say=_say_nothing)
    wanted = order(settings, drivernames(chosen), circumstances)
    if wanted:
        # Most runs install nothing.
        from alembic_ci.project.dependencies.installing import ready  # noqa: PLC0415

        return ready(wanted)
    files = config_files(settings.working_directory.resolve(), settings.config)
    return interpreter(settings.python, files.directory)


def drivernames(chosen: Iterable[Environment]) -> tuple[str, ...]:
    """Return dialects and drivers of all databases, as SQLAlchemy spells them."""
    return tuple(sorted({database.url.drivername for one in chosen for database in one.databases}))


def _say_nothing(_: str) -> None:
    """A guess is nobody's concern."""


def _first(
    settings: Settings, variables: Mapping[str, str], environment: Environment, python: Path
) -> Spawn | None:
    project = locate(dataclasses.replace(settings, python=str(python)))
    if len(environment.databases) != 1 and not project.engines:
        return None
    database = environment.databases[0]
    names = url_names(settings.for_environment(environment.name), database.variable)
    return Spawn.on(
        database.url,
        names,
        interpreter=python,
        directory=project.directory,
        variables=variables,
    )
