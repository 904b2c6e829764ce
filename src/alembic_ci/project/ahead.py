"""What is started before it is needed, on the guess that it will be."""

import contextlib
import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from alembic_ci.environments import Environment, environments
from alembic_ci.errors import AlembicCIError
from alembic_ci.project.config_files import config_files
from alembic_ci.project.dependencies.choosing import Circumstances, order
from alembic_ci.project.failures import WorkerDiedError
from alembic_ci.project.interpreter import interpreter
from alembic_ci.project.locate import locate
from alembic_ci.project.nursery import Nursery
from alembic_ci.project.process import WorkerProcess
from alembic_ci.project.spawn import Spawn, Starter, drivernames, url_names
from alembic_ci.settings import Settings
from alembic_ci.worker.protocol import Message


class Ahead:
    """At most one process, started on the guess that it will be asked for; close it in the end.

    It imports Alembic while we do, and nothing of the project's before ``begin()``. Where there
    will be several workers it is the one that all of them are forked from.
    """

    def __init__(self) -> None:
        self._started: tuple[Spawn, WorkerProcess] | None = None
        self._nursery: Nursery | None = None

    @property
    def starter(self) -> Starter:
        """Where the workers of this run come from."""
        return self._nursery or self

    @property
    def guessed(self) -> Spawn | None:
        """What was started and nobody has asked for yet."""
        return self._started[0] if self._started else None

    def guess(
        self,
        settings: Settings,
        variables: Mapping[str, str],
        *,
        several: bool = False,
        in_image: bool = False,
    ) -> None:
        """Start what the first database of a run needs; whatever is wrong is found out later.

        Nothing is started with the URL of a protected environment, which may still be refused, nor
        for the first of many databases: their workers are made in another way. Nor is anything
        started while the project's dependencies have to be installed *in_image* first.
        """
        with contextlib.suppress(AlembicCIError):
            chosen = environments(settings, variables)
            python = _interpreter(settings, variables, chosen, in_image=in_image)
            if python is None or chosen[0].protected:
                return
            spawn = _first(settings, variables, chosen[0], python)
            if spawn is None:
                return
            if several:
                self._nursery = Nursery()
                self._nursery.prepare(spawn)
            else:
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

    def apart(self) -> Starter:
        """Return another one, which has not started anything."""
        return Ahead()

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
        if self._nursery is not None:
            self._nursery.close()


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
