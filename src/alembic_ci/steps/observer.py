"""Watch a scratch database's schema while env.py walks its revisions."""

from collections.abc import Callable

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.postgresql import PostgreSQLTracker
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.database.tracking import Query, SchemaTracker
from alembic_ci.delta import Delta
from alembic_ci.model import Direction
from alembic_ci.project.session import Ready, Session
from alembic_ci.urls import Dialect


class Observer:
    """Runs steps and says what each changed.

    On PostgreSQL the catalogue is read on env.py's own connection just before the commit, where
    the server tells which objects the transaction touched. MariaDB, MySQL and SQLite are read
    through our own connection after it.
    """

    def __init__(self, control: Callable[[], Control], dialect: Dialect) -> None:
        self._control = control
        self._dialect = dialect
        self._session: Session | None = None
        self._tracker: SchemaTracker | None = None
        self._seen: list[Delta] = []

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

    def resync(self) -> Delta:
        """Read the whole catalogue again and return what we did not know of."""
        return self.tracker.resync()

    def step(self, revision: str, direction: Direction) -> Delta:
        """Run one step and return what it changed; raises what Session.step() raises."""
        self._seen.clear()
        if self._dialect is Dialect.POSTGRESQL:
            self.session.step(revision, direction, inspect=self._look)
        else:
            statements = self.session.step(revision, direction)
            if isinstance(self._tracker, MySQLTracker):
                self._tracker.touched(statements)
            self._look()
        return self._seen.pop()

    def forget(self) -> None:
        """The step that was just running was rolled back."""
        while self._seen:
            self.tracker.undo(self._seen.pop())

    def _look(self) -> bool:
        self._seen.append(self.tracker.advance())
        return True

    def _new_tracker(self, ready: Ready) -> SchemaTracker:
        table, schema = ready.version_table, ready.version_schema
        match self._dialect:
            case Dialect.POSTGRESQL:
                return PostgreSQLTracker(self._on_session, table, schema)
            case Dialect.MYSQL:
                return MySQLTracker(self._on_control(), table)
            case Dialect.SQLITE:
                return SQLiteTracker(self._on_control(), table)

    def _on_session(self, sql: str) -> "list[tuple[str | int | float | bool | None, ...]]":
        return [tuple(row) for row in self.session.query(sql)]

    def _on_control(self) -> Query:
        return lambda sql: self._control().query(sql)
