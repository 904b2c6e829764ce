"""The databases that one run of env.py serves, with their connections and their worker.

Usually that is one database; with env.py of the multidb template it is one for each engine.
"""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Self

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.identity import IDENTITY_SQL, identity, same_database
from alembic_ci.database.locking import LockPlace, Target
from alembic_ci.database.schemas import CURRENT_SCHEMA_SQL
from alembic_ci.database.sessions import SESSION_ID_SQL, end_session, left_in_transaction
from alembic_ci.environments import Environment
from alembic_ci.errors import DatabaseUnreachableError, ProjectError
from alembic_ci.project.executions import OwnStatement
from alembic_ci.project.failures import EnvError
from alembic_ci.project.nursery import Nursery
from alembic_ci.project.session import Connection, Ready, Session
from alembic_ci.project.worker import Online, Versions, Worker
from alembic_ci.steps.bindings import Binding, title
from alembic_ci.steps.context import Context
from alembic_ci.steps.controls import Controls
from alembic_ci.steps.launching import launch_of
from alembic_ci.steps.locks import Locks
from alembic_ci.steps.recognition import known_dialect, refuse_other_schema, wrong_target
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.sqlite_urls import anchored, unborn_files_kept_away
from alembic_ci.steps.watch import Watch
from alembic_ci.urls import Dialect

Visitor = Callable[[Binding, Session], None]


class Desk:
    """Open connections to a group of databases and the worker that env.py runs in.

    Everything is opened on first use and closed with the desk. *scratch* tells that the
    databases are throw-away ones, *others* are real ones beside them, which nothing may change.

    *recordings*, where there are any, keep what the revisions execute on a scratch database;
    *records* asks the rollback test for them.

    *reviewed* are the revisions whose SQL is what was planned, where there is a plan.

    *arrivals* is what Alembic saw in each database in the last run of env.py: several version
    tables where env.py goes through schemas. *readies* holds the one that is furthest behind.
    """

    def __init__(
        self,
        context: Context,
        environment: Environment,
        bindings: Sequence[Binding],
        *,
        scratch: bool = False,
        others: Sequence[str] = (),
    ) -> None:
        self.context = context
        self.environment = environment
        self.bindings = tuple(bindings)
        self.scratch = scratch
        self.versions: Versions | None = None
        self.readies: dict[str, Ready] = {}
        self.arrivals: dict[str, list[Ready]] = {}
        self.recordings: dict[str, Recording] = {}
        self.records = False
        self.reviewed: dict[str, frozenset[str]] = {}
        self._others = others
        self._stack = ExitStack()
        self._controls = Controls(context, self._stack, scratch=scratch)
        self._worker: Worker | None = None
        self._confirmed: list[Binding] = []
        self._sessions: dict[str, str] = {}
        self._own: dict[tuple[str, int], dict[tuple[str, ...], OwnStatement]] = {}
        self._locks: Locks | None = None
        self.watch = Watch(context.progress.note)

    def __enter__(self) -> Self:
        """Open nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what was opened."""
        self._stack.close()

    def control(self, binding: Binding) -> Control:
        """Return our own connection to a database; raises when it cannot be reached."""
        return self._controls.of(binding)

    def close_control(self, binding: Binding) -> None:
        """Close our own connection, so that the database may be dropped."""
        self._controls.close(binding)

    def title(self, binding: Binding) -> str:
        """Name a database for people."""
        return title(self.environment, binding)

    @contextmanager
    def fresh_control(self, binding: Binding) -> Iterator[Control]:
        """Open a new connection, for looking at what is really there now."""
        with self._controls.opened(binding) as control:
            yield control

    @property
    def worker(self) -> Worker:
        """The worker, started and loaded on first use."""
        if self._worker is None:
            launch = launch_of(
                self.context,
                self.bindings,
                scratch=self.scratch,
                others=self._others,
                meanwhile=self._look,
            )
            worker = Worker(launch, self.context.ahead.process(launch.spawn))
            self._stack.callback(worker.close)
            self.versions = worker.load()
            self._worker = worker
        return self._worker

    def close_worker(self) -> None:
        """End the worker; the next use starts another one."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    @contextmanager
    def fresh_worker(self) -> Iterator[None]:
        """Have another worker do what comes; ours stays as it is, and goes on behind it."""
        ours, self._worker = self._worker, None
        try:
            yield
        finally:
            self.close_worker()
            self._worker = ours

    def dismiss_worker(self) -> None:
        """Let the worker end while we go on: no step comes after the last one."""
        if self._worker is not None:
            self._worker.dismiss()

    def fork_workers(self) -> None:
        """Fork the next workers from a process with Alembic in it: there will be many of them."""
        if not isinstance(self.context.ahead, Nursery):
            nursery = self._stack.enter_context(Nursery())
            self.context = dataclasses.replace(self.context, ahead=nursery)

    def sessions_of(self, request: Online, visitor: Visitor) -> None:
        """Run env.py once and let *visitor* work on each database it migrates.

        Raises WrongTargetError when env.py connects to anything but this desk's databases, and
        ProjectError when it migrates none.
        """
        for binding in self.bindings:
            self.control(binding)
        self._confirmed.clear()
        self.arrivals.clear()
        self._sessions.clear()

        recorded = request.scratch and bool(self.recordings)
        request = dataclasses.replace(request, record=request.record or recorded)

        def visit(session: Session) -> None:
            binding = self._confirmed[session.connection_index]
            self._arrived(binding, session.ready)
            if recorded:
                session.heard = self.recordings[binding.label].note
            visitor(binding, session)

        try:
            calls = self.worker.online(request, confirm=self.confirm, visit=visit)
        except EnvError:
            self._refuse_unreachable()
            raise
        if not calls:
            raise ProjectError(
                f"{self.context.project.env_file} ran, but migrated nothing.",
                meaning="It never called context.run_migrations(), or only in offline mode.",
                remedy="Compare it with the env.py that `alembic init` writes.",
            )

    def _refuse_unreachable(self) -> None:
        """Raise DatabaseUnreachableError or DatabaseAccessError where no one else gets in now, too.

        The server may have gone meanwhile, or have given its last connection to us.
        """
        for binding in self.bindings:
            if binding not in self._confirmed:
                self._controls.opened(binding, patience=0).close()

    def _arrived(self, binding: Binding, ready: Ready) -> None:
        """Note where a version table stands; of several in one database the furthest behind."""
        history = self.context.history

        def progress(ready: Ready) -> int:
            return -1 if history.unknown(ready.heads) else len(history.closure(ready.heads))

        found = self.arrivals.setdefault(binding.label, [])
        found.append(self._with_all_of_its_own(ready, (binding.label, len(found))))
        self.readies[binding.label] = min(found, key=progress)

    def _with_all_of_its_own(self, ready: Ready, arrival: tuple[str, int]) -> Ready:
        """Add what env.py executed itself in earlier runs: what it makes once, it makes then."""
        known = self._own.setdefault(arrival, {})
        known.update((one.texts, one) for one in ready.own)
        return dataclasses.replace(ready, own=tuple(known.values()))

    def standings(self) -> Mapping[str, Ready]:
        """Return what Alembic sees in each database, changing nothing."""
        with unborn_files_kept_away(
            anchored(b.url, self.context.project.directory) for b in self.bindings
        ):
            self.sessions_of(Online(read_only=True), _look)
        return self.readies

    def confirm(self, connection: Connection) -> None:
        """Recognise the database env.py connected to, or refuse."""
        dialect = known_dialect(connection.dialect)
        found = identity(connection.ask(IDENTITY_SQL[dialect])) if dialect else ()
        candidates = [b for b in self.bindings if b not in self._confirmed] + self._confirmed
        for binding in candidates:
            if binding.url.dialect is dialect and same_database(
                found, self.control(binding).identity()
            ):
                if binding.schema:
                    refuse_other_schema(connection, binding.schema, binding.url.location)
                self._confirmed.append(binding)
                if dialect in SESSION_ID_SQL:
                    rows = connection.ask(SESSION_ID_SQL[dialect])
                    self._sessions[binding.label] = str(rows[0][0])
                if self._locks:
                    self._lock(self._locks, binding, connection)
                return
        meant = [binding.url.location for binding in self.bindings]
        raise wrong_target(connection, meant, found)

    @property
    def met_last(self) -> str:
        """The label of the database that env.py connected to last."""
        return self._confirmed[-1].label if self._confirmed else ""

    @contextmanager
    def locked(self) -> Iterator[Locks]:
        """Let env.py go on only with the migration lock of every version table it means.

        Inside of another such block the locks are the same, and stay until the outer one ends.
        """
        if self._locks is not None:
            yield self._locks
            return
        self._locks = Locks(self.context.progress.note)
        try:
            yield self._locks
        finally:
            self._locks.release()
            self._locks = None

    def check_locks(self, binding: Binding) -> None:
        """Raise LockLostError when the lock of a database was lost; looks now and then."""
        if self._locks:
            self._locks.check(
                binding.label, self.title(binding), lambda: self.fresh_control(binding)
            )

    def _lock(self, locks: Locks, binding: Binding, connection: Connection) -> None:
        settings, control = self.context.settings, self.control(binding)
        schema = connection.version_schema
        if schema is None and binding.url.dialect is Dialect.POSTGRESQL:
            schema = str(connection.ask(CURRENT_SCHEMA_SQL)[0][0] or "")
        sqlite = binding.url.dialect is Dialect.SQLITE
        table = "" if sqlite else connection.version_table  # there it is that of the whole file
        target = Target(
            url=anchored(binding.url, self.context.project.directory),
            place=LockPlace(database=control.identity()[0], schema=schema or "", table=table),
            session=self._sessions.get(binding.label, "").partition("/")[0],
            patience=settings.migration_lock_timeout,
            connect_timeout=settings.connect_timeout,
            surroundings=self.context.surroundings,
        )
        locks.take(binding.label, self.title(binding), target, control)

    def break_off(self) -> None:
        """End the worker wherever it is, and what it left running on the servers.

        From here on nobody is waited for: there may be seconds until we are killed.
        """
        self._controls.hurry()
        self.close_worker()
        self._end_sessions()

    def begin_anew(self) -> None:
        """Leave everything that a failed run may have spoilt, so that another one may follow."""
        self.close_worker()
        self._end_sessions()
        for binding in self.bindings:
            self.close_control(binding)
        self.watch.forget()

    def left_in_transaction(self, binding: Binding, control: Control) -> bool:
        """Tell whether env.py has ended and its session is still in a transaction."""
        session = self._sessions.get(binding.label)
        return session is not None and left_in_transaction(control, session)

    def _end_sessions(self) -> None:
        for label, session in tuple(self._sessions.items()):
            binding = next(b for b in self.bindings if b.label == label)
            with (
                contextlib.suppress(DatabaseUnreachableError, StatementError),
                self.fresh_control(binding) as control,
            ):
                end_session(control, session)
        self._sessions.clear()

    def _look(self) -> None:
        """See whom a change waits for; called while the worker is busy."""
        if self._locks is None:
            return
        for binding in self.bindings:
            number = self._sessions.get(binding.label, "").partition("/")[0]
            control = self._controls.known(binding)
            if number and control:
                self.watch.look(self.title(binding), control, [number])


def _look(binding: Binding, session: Session) -> None:
    """Change nothing; the desk has already noted what Alembic saw."""
