"""Run the project's own ``alembic`` command line, pointed at the chosen database."""

from __future__ import annotations

import argparse
from typing import Any, List

from alembic.config import CommandLine, Config
from alembic.runtime.environment import EnvironmentContext

from . import protocol
from .failures import described
from .guard import StoppedError, confirm
from .loading import Project
from .protocol import Channel, Message


class _PointedCommandLine(CommandLine):
    """Alembic's command line with the tool's URL and options put into its Config."""

    project: Project

    def run_cmd(self, config: Config, options: argparse.Namespace) -> None:
        """Inject, then let Alembic do what it always does."""
        self.project.inject(config)
        super().run_cmd(config, options)


def run(channel: Channel, project: Project, request: Message) -> Message:
    """Run ``alembic ARGS``; what it prints is the worker's captured output."""
    line = _PointedCommandLine(prog="alembic")
    line.project = project
    failure = None
    status = 0
    with _Guarded(channel):
        try:
            line.main(argv=_arguments(project.request) + list(request["arguments"]))
        except SystemExit as error:
            status = error.code if isinstance(error.code, int) else 1
        except StoppedError as error:
            failure = described(error, [])
        except Exception as error:  # noqa: BLE001 - foreign code may raise anything
            failure, status = described(error, project.places()), 1
    return {"event": protocol.ENDED, "status": status, "failure": failure}


def _arguments(request: Message) -> List[str]:
    arguments: List[str] = []
    for file in (request["config_file"], request["toml_file"]):
        arguments += ["--config", file] if file else []
    arguments += ["--name", request["section"]]
    for value in request["x"]:
        arguments += ["-x", value]
    return arguments


class _Guarded:
    """Ask the tool before any connection is used, for every command that makes one."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._real = EnvironmentContext.configure

    def __enter__(self) -> None:
        real, channel = self._real, self._channel

        def configure(self: EnvironmentContext, *args: Any, **options: Any) -> None:
            connection = args[0] if args else options.get("connection")
            if connection is not None:
                confirm(channel, connection, options)
            real(self, *args, **options)

        EnvironmentContext.configure = configure  # type: ignore[method-assign]

    def __exit__(self, *_: object) -> None:
        EnvironmentContext.configure = self._real  # type: ignore[method-assign]
