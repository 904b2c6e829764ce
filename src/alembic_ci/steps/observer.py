"""Watch a scratch database's schema while env.py walks its revisions."""

from collections.abc import Callable, Sequence

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.postgresql import PostgreSQLTracker
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.database.tracking import Query, SchemaTracker
from alembic_ci.delta import Delta, Snapshot
from alembic_ci.model import Direction
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Look, Ready, Row, Session
from alembic_ci.statements import Narrowed, narrowed
from alembic_ci.steps.aftermath import Aftermath, aftermath
from alembic_ci.urls import Dialect


class Observer:
    """Runs steps and says what each changed.

    PostgreSQL's catalogue is read on env.py's own connection just before the commit, where the
    server tells which objects the transaction touched; SQLite's on the same connection after it,
    which knows the schema already; that of MariaDB and MySQL through our own after it.
    When *thorough*, everything is read after every step, and nothing is made in the session for
    it. *statements* are those of the last step.
    """

    def __init__(
        self, control: Callable[[], Control], dialect: Dialect, *, thorough: bool = False
    ) -> None:
        self._control = control
        self._dialect = dialect
        self._session: Session | None = None
        self._tracker: SchemaTracker | None = None
        self._seen: list[Delta] = []
        self.thorough = thorough
        self.statements: tuple[str, ...] = ()

    @property
    def session(self) -> Session:
        """The session of the env.py that runs now."""
        if self._session is None:
            raise RuntimeError("no session is attached")
        return self._session

    @property
    def tracker(self) -> SchemaTracker:
        """The tracker; it exists once a session was attached."""
        if self._tracker is None:
            raise RuntimeError("no session was ever attached")
        return self._tracker

    def attach(self, session: Session) -> None:
        """Go on with the connection of another run of env.py."""
        self._session = session
        if self._tracker is None:
            self._tracker = self._new_tracker(session.ready)

    def start(self) -> None:
        """Read the whole catalogue."""
        self.tracker.start()
        self._prepare()

    def resync(self) -> Delta:
        """Read the whole catalogue again and return what we did not know of."""
        delta = self.tracker.resync()
        self._prepare()
        return delta

    def step(self, revision: str, direction: Direction) -> Delta:
        """Run one step and return what it changed; raises what Session.step() raises."""
        self._seen.clear()
        before = self._dialect is Dialect.POSTGRESQL
        stepped = self.session.step(
            revision,
            direction,
            look=Look(self.tracker.question, follow=before),
            inspect=self._look if before else None,
        )
        self.statements = stepped.statements
        if isinstance(self._tracker, MySQLTracker | SQLiteTracker):
            self._tracker.touched(self.statements)
        if not self._seen:
            self._look(stepped.seen)
        return self._seen.pop()

    def narrowed(self, delta: Delta) -> tuple[Narrowed, ...]:
        """Return the columns whose types are narrower after the last step, which made *delta*."""
        return narrowed(delta, self.tracker.state, self._dialect)

    def forget(self) -> None:
        """The step that was just running was rolled back."""
        while self._seen:
            self.tracker.undo(self._seen.pop())

    def left_by(self, error: StepFailedError) -> Aftermath:
        """Say what the step that was just running has left in the database."""
        return aftermath(error, self._dialect, transactional=self.session.ready.transactional)

    def _prepare(self) -> None:
        if not self.thorough:
            self.tracker.prepare()

    def _look(self, answer: Sequence[Row]) -> bool:
        tracker = self.tracker
        self._seen.append(tracker.resync() if self.thorough else tracker.advance(answer or None))
        return True

    def _new_tracker(self, ready: Ready) -> SchemaTracker:
        ours = self._dialect is Dialect.MYSQL
        return tracker(self._dialect, self._on_control if ours else self._on_session, ready)

    def _on_session(self, sql: str) -> Sequence[Row]:
        return self.session.query(sql)

    def _on_control(self, sql: str) -> Sequence[Row]:
        return self._control().query(sql)


def tracker(dialect: Dialect, query: Query, ready: Ready) -> SchemaTracker:
    """Return the tracker of a dialect; the version table is left out of what it sees."""
    match dialect:
        case Dialect.POSTGRESQL:
            return PostgreSQLTracker(query, ready.version_table, ready.version_schema)
        case Dialect.MYSQL:
            return MySQLTracker(query, ready.version_table)
        case Dialect.SQLITE:
            return SQLiteTracker(query, ready.version_table)


def whole_snapshot(control: Control, ready: Ready) -> Snapshot:
    """Read the whole schema once, through our own connection."""
    reader = tracker(control.dialect, control.query, ready)
    reader.start()
    return dict(reader.state)
