"""Run ``env.py`` against a database and walk whatever steps the tool asks for.

One run of ``env.py`` serves any number of ups and downs: Alembic's migration function is a
generator that yields the next step when the tool names it. Everything here is documented API of
Alembic except RevisionStep, whose constructor has not changed from 1.8 to 1.20.
"""

from __future__ import annotations

import copy
import functools
from typing import Any, Iterator, List, Optional, Tuple

from alembic import command
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep

from . import protocol
from .breaks import Break
from .failures import described
from .fence import FenceError
from .guard import StoppedError, confirm
from .loading import Project, command_options
from .protocol import Channel, Message
from .recording import Recorder
from .rows import answer
from .setup import Setup
from .statements import StatementLog, commits_each_statement
from .version_rows import rows_left
from .version_updates import VersionUpdates
from .walking import QuickStep, run_env, source_file, step

_ENTERED_SCHEMA = (
    "SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
    " ON n.oid = c.relnamespace WHERE c.oid = pg_catalog.to_regclass('?')), current_schema())"
)


class UndoneError(Exception):
    """The tool looked at a step just before its commit and asked to roll it back."""


class OnlineRun:
    """One run of ``env.py`` on a connection of its own making."""

    def __init__(self, channel: Channel, project: Project, request: Message) -> None:
        self._channel = channel
        self._project = project
        self._request = request
        self._scratch: bool = request["scratch"]
        self._quick: bool = request["quick"]
        self._failure: Optional[BaseException] = None
        self._inside: Optional[str] = None
        self._calls = 0
        self._recorder = Recorder()
        self._setup = Setup(project.script.dir)
        self._statements = StatementLog(self._recorder if request["record"] else None)
        self._memo: Any = {}
        self._look: Optional[str] = None
        self._follow = False
        self._inspected = False
        self._seen: Optional[List[Message]] = None

    def run(self) -> Message:
        """Run env.py once and report how it ended."""
        target = self._request["target"]
        config = self._project.config
        function = command.downgrade if self._request["downgrade"] else command.upgrade
        config.cmd_opts = command_options(self._project.request, function, target)
        environment = EnvironmentContext(
            config,
            self._project.script,
            fn=self._steps,
            as_sql=False,
            destination_rev=target,
            dont_mutate=self._request["read_only"],
            purge=self._request["purge"],
        )
        # Instance attributes, because a subclass would not be found by Alembic's proxy.
        environment.configure = self._wrapped(environment.configure)  # type: ignore[method-assign]
        environment.run_migrations = self._setup.outside(  # type: ignore[method-assign]
            environment.run_migrations
        )
        with self._setup.listening(), self._statements.listening():
            error = run_env(self._project.script, environment)
        return self._ended(error)

    def _ended(self, error: Optional[BaseException]) -> Message:
        """A failure inside a step counts even when env.py swallowed it."""
        failure = self._failure or error
        places = self._project.places()
        return {
            "event": protocol.ENDED,
            "calls": self._calls,
            "inside": self._inside,
            "undone": isinstance(failure, UndoneError),
            "stopped": isinstance(failure, StoppedError),
            "crossed": failure.database if isinstance(failure, FenceError) else "",
            "failure": None if failure is None else described(failure, places),
            "swallowed": failure is not None and error is None,
            "statements": self._statements.taken(),
            "executions": self._statements.recorded(),
            "lasting": self._statements.lasting,
        }

    def _wrapped(self, real: Any) -> Any:
        def configure(*args: Any, **options: Any) -> None:
            self._import_revisions()
            connection = args[0] if args else options.get("connection")
            if connection is not None:
                confirm(self._channel, connection, options)
            if self._scratch:
                options["transaction_per_migration"] = True
            hooks = options.get("on_version_apply") or ()
            hooks = (hooks,) if callable(hooks) else tuple(hooks)
            options["on_version_apply"] = (*hooks, self._before_commit)
            real(*args, **options)

        return configure

    def _import_revisions(self) -> None:
        """Import every revision file now, so that a broken one is named before anything runs.

        Not earlier: they may need what env.py has set up, such as sys.path or an application.
        """
        try:
            self._project.script.get_heads()
        except BaseException as error:
            self._failure = error
            raise

    def _steps(self, heads: Tuple[str, ...], context: MigrationContext) -> Iterator[Any]:
        """Yield the steps the tool asks for; runs once for each ``run_migrations()``."""
        self._calls += 1
        ready = self._ready(heads, context)
        if self._quick:
            table: Any = context._version  # noqa: SLF001
            table.update = VersionUpdates(table).update
        pause = Break(context.connection if self._scratch else None)
        self._channel.send(ready)
        while True:
            request = self._next(context)
            pause.end()
            if request["do"] == protocol.END:
                return
            if request["do"] == protocol.STAMP:
                # Private, and exactly what `alembic stamp` calls.
                revisions = tuple(request["revisions"])
                yield from self._project.script._stamp_revs(revisions, heads)  # noqa: SLF001
            else:
                if self._scratch:
                    self._forget_types(context.impl.memo, up=request["direction"] == "up")
                yield self._step(request)
            self._settle(context)
            self._inside = None
            self._channel.send(
                {
                    "event": protocol.STEPPED,
                    "statements": self._statements.taken(),
                    "executions": self._statements.recorded(),
                    "looked": self._looked(context) if self._seen is None else self._seen,
                    "lasting": self._statements.lasting,
                }
            )

    def _ready(self, heads: Tuple[str, ...], context: MigrationContext) -> Message:
        return {
            "event": protocol.READY,
            "heads": list(heads),
            "version_table": context.version_table,
            "version_schema": context.version_table_schema,
            "entered_schema": _entered_schema(context),
            "per_migration": bool(context.opts.get("transaction_per_migration")),
            "transactional": bool(context.impl.transactional_ddl) and not _autocommits(context),
            "external": bool(getattr(context, "_in_external_transaction", False)),
            "own": self._setup.taken(context.connection),
        }

    def _next(self, context: MigrationContext) -> Message:
        while True:
            request = self._channel.receive()
            if request["do"] == protocol.QUERY:
                self._channel.send(answer(context.connection, request["sql"]))
            elif request["do"] == protocol.LEAVE:
                left = rows_left(self._project.script, request["revision"], request["heads"])
                self._channel.send({"event": protocol.LEFT, "heads": left})
            else:
                return request

    def _forget_types(self, memo: Any, *, up: bool) -> None:
        """Keep what Alembic remembers of created enum types true across a downgrade.

        It notes them for one command and never forgets one that a downgrade has dropped, so the
        second upgrade would not create it again.
        """
        if up:
            self._memo = _copied(memo)
            return
        memo.clear()
        memo.update(_copied(self._memo))

    def _step(self, request: Message) -> RevisionStep:
        self._inside = request["revision"]
        self._look, self._follow = request["look"], request["follow"]
        self._inspected, self._seen = request["inspect"], None
        self._recorder.watch, self._recorder.wanted = request["watch"], request["record"]
        script = self._project.script
        return step(
            script,
            request["revision"],
            up=request["direction"] == "up",
            wrap=functools.partial(self._recorded, source_file(script, request["revision"])),
            kind=QuickStep if self._quick else RevisionStep,
        )

    def _recorded(self, file: str, migrate: Any) -> Any:
        """Remember what a revision raises before env.py can hide it."""

        def recorded(*args: Any, **options: Any) -> Any:
            self._statements.start(file)
            try:
                return migrate(*args, **options)
            except BaseException as error:
                self._failure = error
                raise
            finally:
                self._statements.stop()

        return recorded

    def _before_commit(self, ctx: MigrationContext, **_: Any) -> None:
        """Let the tool look at the step's effect inside its transaction."""
        if not self._request["inspect"]:
            return
        self._seen = self._looked(ctx)
        if not self._inspected:
            return
        self._channel.send({"event": protocol.APPLIED, "looked": self._seen})
        if self._next(ctx)["do"] == protocol.UNDO:
            self._failure = UndoneError()
            raise self._failure

    def _looked(self, context: MigrationContext) -> List[Message]:
        """Run the query that came with the step, once, and the one that its answer says.

        After that one the tool need not look before the commit.
        """
        sql, self._look = self._look, None
        if not sql:
            return []
        found = answer(context.connection, sql)
        if not (self._follow and found["rows"]):
            return [found]
        following = found["rows"][0][0]
        self._inspected = following == ""
        return [found, answer(context.connection, following)] if following else [found]

    def _settle(self, context: MigrationContext) -> None:
        """Commit a step of a proof although env.py holds a transaction around everything.

        The driver's own commit leaves SQLAlchemy's transaction object valid, so that env.py can
        end it the way it wanted to.
        """
        if self._scratch and getattr(context, "_in_external_transaction", False):
            connection = context.connection
            if connection is not None:
                connection.dialect.do_commit(connection.connection)


def _autocommits(context: MigrationContext) -> bool:
    connection = context.connection
    return connection is not None and commits_each_statement(connection)


def _copied(memo: Any) -> Any:
    """Copy a dict of sets of names; a deep copy at every step would make long walks quadratic."""
    return {key: copy.copy(value) for key, value in memo.items()}


def _entered_schema(context: MigrationContext) -> str:
    """Return the schema in which PostgreSQL finds or makes a version table that names none.

    It is not the usual one where env.py has set a search_path.
    """
    if context.dialect.name != "postgresql" or context.version_table_schema:
        return ""
    name = context.dialect.identifier_preparer.quote(context.version_table)
    rows = answer(context.connection, _ENTERED_SCHEMA.replace("?", name.replace("'", "''")))["rows"]
    return str(rows[0][0] or "") if rows else ""
