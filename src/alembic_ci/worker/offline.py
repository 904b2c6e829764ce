"""Render SQL without a database, one revision at a time, in one run of ``env.py``."""

from __future__ import annotations

from io import StringIO
from typing import Any, Dict, Iterator, List, Optional, Tuple

from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep

from . import protocol
from .failures import described
from .loading import Project, command_options
from .protocol import Channel, Message
from .walking import run_env, step


class OfflineRun:
    """Render a list of steps; a revision that raises is reported and does not stop the others."""

    def __init__(self, channel: Channel, project: Project, request: Message) -> None:
        self._channel = channel
        self._project = project
        self._request = request
        self._buffer = StringIO()
        self._preambles: List[str] = []
        self._facts: Dict[str, Any] = {}
        self._failure: Optional[BaseException] = None

    def run(self) -> Message:
        """Run env.py once in offline mode and report how it ended."""
        target = self._request["target"]
        config = self._project.config
        options = command_options(self._project.request, command.upgrade, target)
        options.sql = True
        config.cmd_opts = options
        environment = EnvironmentContext(
            config,
            self._project.script,
            fn=self._steps,
            as_sql=True,
            starting_rev=self._request["start"] or None,
            destination_rev=target,
        )
        environment.configure = self._wrapped(environment.configure)  # type: ignore[method-assign]
        error = run_env(self._project.script, environment)
        return {
            "event": protocol.ENDED,
            "calls": len(self._preambles),
            "preamble": "".join(self._preambles[:1]),
            "postamble": self._taken(),
            "failure": None if error is None else described(error, self._project.places()),
            **self._facts,
        }

    def _wrapped(self, real: Any) -> Any:
        def configure(*args: Any, **options: Any) -> None:
            options["output_buffer"] = self._buffer
            real(*args, **options)

        return configure

    def _steps(self, _heads: Tuple[str, ...], context: MigrationContext) -> Iterator[RevisionStep]:
        self._preambles.append(self._taken())
        self._facts = {
            "per_migration": bool(context.opts.get("transaction_per_migration")),
            "transactional": bool(context.impl.transactional_ddl),
        }
        if len(self._preambles) != self._request["call"] + 1:
            return
        up = self._request["direction"] == "up"
        for name in self._request["revisions"]:
            yield step(self._project.script, name, up=up, wrap=self._caught)
            self._report(name)

    def _caught(self, migrate: Any) -> Any:
        def caught(*args: Any, **options: Any) -> None:
            self._failure = None
            try:
                migrate(*args, **options)
            except Exception as error:  # noqa: BLE001 - a revision may raise anything
                self._failure = error

        return caught

    def _report(self, revision: str) -> None:
        failure, self._failure = self._failure, None
        text = self._taken()
        self._channel.send(
            {
                "event": protocol.RENDERED,
                "revision": revision,
                "sql": "" if failure else text,
                "failure": failure and described(failure, self._project.places()),
            }
        )

    def _taken(self) -> str:
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text
