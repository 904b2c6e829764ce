"""One ``context.run_migrations()`` of a running env.py, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alembic_ci.errors import WorkerError
from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution, OwnStatement, Row
from alembic_ci.project.failures import Failure
from alembic_ci.worker import protocol
from alembic_ci.worker.protocol import Message

__all__ = ["Connection", "Look", "Ready", "Row", "Session", "Stepped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where env.py connected, and which version table it means; *ask* runs one SQL text there."""

    dialect: str
    driver: str
    version_table: str
    version_schema: str | None
    ask: Callable[[str], Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What Alembic says before the first step; *heads* is what the version table holds, sorted.

    *entered_schema* is where PostgreSQL looks for a version table that names no schema.

    *external* tells that env.py itself holds a transaction around everything, *own* what it has
    executed by then.
    """

    heads: tuple[str, ...]
    version_table: str
    version_schema: str | None
    entered_schema: str
    per_migration: bool
    transactional: bool
    external: bool = False
    own: tuple[OwnStatement, ...] = ()

    @classmethod
    def parse(cls, message: Message) -> "Ready":
        """Read the worker's message."""
        return cls(
            heads=tuple(sorted(message["heads"])),
            version_table=str(message["version_table"]),
            version_schema=message["version_schema"],
            entered_schema=str(message["entered_schema"]),
            per_migration=bool(message["per_migration"]),
            transactional=bool(message["transactional"]),
            external=bool(message["external"]),
            own=tuple(map(OwnStatement.parse, message["own"])),
        )

    @property
    def schema(self) -> str | None:
        """The schema of the version table, as a connection of our own has to name it."""
        return self.version_schema or self.entered_schema or None

    @property
    def place(self) -> str:
        """Name the version table."""
        return ".".join(filter(None, (self.schema, self.version_table)))


@dataclass(frozen=True, slots=True)
class Look:
    """A query that a step ends with, if it is not empty.

    To *follow* is to run what the first value of the answer says as well. An inspection is needless
    then, unless this value is an empty text.
    """

    sql: str = ""
    follow: bool = False


NO_LOOK = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What one revision executed.

    *statements* are the texts that were sent, *executions* a full account if recorded, *seen* the
    rows of its look.
    """

    statements: tuple[str, ...]
    executions: tuple[Execution, ...]
    seen: Sequence[Row]


def rows_of(message: Message) -> Sequence[Row]:
    """Return the rows of an answer; raises when the query failed."""
    if message["failure"]:
        failure = Failure.parse(message["failure"])
        raise WorkerError(
            f"A catalogue query failed on env.py's connection: {failure.message}",
            remedy="Report this with the server's version; the query is one of ours.",
        )
    rows: list[Row] = message["rows"]
    return rows


class Session:
    """Steps on one database. *connection_index* counts the databases one env.py run connects to.

    *heard*, if set, is told of every step that was run. *lasting* are the revisions that committed
    something themselves. While *recorded* is false, steps leave no full account.

    *exchange* sends one message to the worker and returns its next one; it raises StepFailedError
    or UndoneError when the run ended instead.
    """

    def __init__(
        self,
        ready: Ready,
        *,
        connection_index: int,
        exchange: Callable[[Message], Message],
        ask: Callable[[str], Sequence[Row]],
    ) -> None:
        self.ready = ready
        self.lasting: set[str] = set()
        self.recorded = True
        self.connection_index = connection_index
        self.query = ask
        self.heard: Callable[[str, Direction, Stepped], None] | None = None
        self._exchange = exchange

    def step(
        self,
        revision: str,
        direction: Direction,
        *,
        look: Look = NO_LOOK,
        inspect: Callable[[Sequence[Row]], bool] | None = None,
        watch: str = "",
    ) -> Stepped:
        """Run one revision and return what it executed.

        *look* is run on the same connection: in a run that was started with ``inspect=True`` inside
        the step's transaction, just before its commit, else after it. The rows go to *inspect*
        while the transaction is open, unless that is needless; when it returns false, the step is
        rolled back and UndoneError is raised. *watch* is a query that is run after each statement,
        in a run that was started with ``record=True``.
        """
        step = {"do": protocol.STEP, "revision": revision, "direction": direction.value}
        asked = {
            "look": look.sql,
            "follow": look.follow,
            "inspect": inspect is not None,
            "watch": watch,
            "record": self.recorded,
        }
        message = self._exchange({**step, **asked})
        seen = [row for answer in message["looked"] for row in rows_of(answer)]
        if message["event"] == protocol.APPLIED:
            keep = inspect is None or inspect(seen)
            message = self._exchange({"do": protocol.COMMIT if keep else protocol.UNDO})
        if message["lasting"]:
            self.lasting.add(revision)
        stepped = Stepped(
            statements=tuple(message["statements"]),
            executions=tuple(Execution.parse(account) for account in message["executions"]),
            seen=seen,
        )
        if self.heard:
            self.heard(revision, direction, stepped)
        return stepped

    def rows_left(self, revision: str, heads: Sequence[str]) -> tuple[str, ...]:
        """Return what a downgrade of *revision* makes of a version table with *heads*.

        Alembic of the project computes it, and nothing is run.
        """
        message = self._exchange({"do": protocol.LEAVE, "revision": revision, "heads": list(heads)})
        return tuple(message["heads"])

    def stamp(self, revisions: Sequence[str]) -> None:
        """Write *revisions* (``("base",)`` for none) into the version table."""
        self._exchange({"do": protocol.STAMP, "revisions": list(revisions)})
