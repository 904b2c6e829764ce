"""Render SQL without a database, one revision at a time, in one run of ``env.py``."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, Iterator, List, Optional, Tuple

from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep

from . import protocol
from .failures import described
from .loading import Project, command_options
from .protocol import Channel, Message
from .recording import place
from .version_updates import VersionUpdates
from .walking import QuickStep, run_env, source_file, step

Written = Tuple[str, Optional[int]]


class _Output:
    """The file that Alembic writes to: one text at a time, with the line that made it."""

    def __init__(self) -> None:
        self.file = ""
        self._written: List[Written] = []

    def write(self, text: str) -> None:
        """Keep one text."""
        self._written.append((text, place(self.file)[0] if self.file else None))

    def flush(self) -> None:
        """Do nothing; Alembic asks for it after every text."""

    def taken(self) -> List[Written]:
        """Return what was written since the last call."""
        written, self._written = self._written, []
        return written


class OfflineRun:
    """Render a list of steps; a revision that raises is reported and does not stop the others."""

    def __init__(self, channel: Channel, project: Project, request: Message) -> None:
        self._channel = channel
        self._project = project
        self._request = request
        self._output = _Output()
        self._head: List[Written] = []
        self._body: List[Written] = []
        self._preambles: List[List[Written]] = []
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
            "preamble": _joined(self._preambles[0] if self._preambles else []),
            "postamble": _joined(self._output.taken()),
            "failure": None if error is None else described(error, self._project.places()),
            **self._facts,
        }

    def _wrapped(self, real: Any) -> Any:
        def configure(*args: Any, **options: Any) -> None:
            options["output_buffer"] = self._output
            real(*args, **options)

        return configure

    def _steps(self, _heads: Tuple[str, ...], context: MigrationContext) -> Iterator[RevisionStep]:
        self._preambles.append(self._output.taken())
        self._prepare_the_version_table(context)
        self._facts = {
            "per_migration": bool(context.opts.get("transaction_per_migration")),
            "transactional": bool(context.impl.transactional_ddl),
        }
        if len(self._preambles) != self._request["call"] + 1:
            return
        up = self._request["direction"] == "up"
        script = self._project.script
        for name in self._request["revisions"]:
            wrap = partial(self._caught, source_file(script, name))
            yield step(script, name, up=up, wrap=wrap, kind=QuickStep)
            self._report(name)

    def _prepare_the_version_table(self, context: MigrationContext) -> None:
        """Render what an online run does to the version table itself, which is never to drop it.

        Alembic renders its creation whenever no revision is applied, also where it is there, and
        before 1.20 its end with the last revision.
        """
        table: Any = context._version  # noqa: SLF001
        table.drop = _nothing
        if self._request["initialised"]:
            table.create = _nothing
        table.update = VersionUpdates(table).update

    def _caught(self, file: str, migrate: Any) -> Any:
        def caught(*args: Any, **options: Any) -> None:
            self._failure = None
            self._head = self._output.taken()
            self._output.file = file
            try:
                migrate(*args, **options)
            except Exception as error:  # noqa: BLE001 - a revision may raise anything
                self._failure = error
            self._output.file = ""
            self._body = self._output.taken()

        return caught

    def _report(self, revision: str) -> None:
        """Tell a revision in three parts: only what its own function wrote is in the middle."""
        failure, self._failure = self._failure, None
        self._channel.send_soon(
            {
                "event": protocol.RENDERED,
                "revision": revision,
                "head": _joined(self._head),
                "body": [] if failure else self._body,
                "tail": _joined(self._output.taken()),
                "transactional": self._facts["transactional"],
                "failure": failure and described(failure, self._project.places()),
            }
        )


def _joined(written: List[Written]) -> str:
    return "".join(text for text, _ in written)


def _nothing(*_: Any, **__: Any) -> None:
    """Stand in for what is not to be rendered."""
