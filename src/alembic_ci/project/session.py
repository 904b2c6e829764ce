"""One ``context.run_migrations()`` of a running env.py, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution
from alembic_ci.worker import protocol
from alembic_ci.worker.protocol import Message

Row = Sequence[str | int | float | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """Where env.py connected; *ask* runs one SQL text there."""

    dialect: str
    driver: str
    ask: Callable[[str], Sequence[Row]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """What Alembic says before the first step; *heads* is what the version table holds."""

    heads: tuple[str, ...]
    version_table: str
    version_schema: str | None
    per_migration: bool
    transactional: bool

    @classmethod
    def parse(cls, message: Message) -> "Ready":
        """Read the worker's message."""
        return cls(
            heads=tuple(message["heads"]),
            version_table=str(message["version_table"]),
            version_schema=message["version_schema"],
            per_migration=bool(message["per_migration"]),
            transactional=bool(message["transactional"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """What one revision executed: the texts that were sent, and a full account if recorded."""

    statements: tuple[str, ...]
    executions: tuple[Execution, ...]


class Session:
    """Steps on one database. *connection_index* counts the databases one env.py run connects to.

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
        self.connection_index = connection_index
        self.query = ask
        self._exchange = exchange

    def step(
        self,
        revision: str,
        direction: Direction,
        *,
        inspect: Callable[[], bool] | None = None,
    ) -> Stepped:
        """Run one revision and return what it executed.

        *inspect* is called inside the step's transaction, just before its commit; when it
        returns false the step is rolled back and UndoneError is raised. It needs a run that
        was started with ``inspect=True``.
        """
        message = self._exchange(
            {"do": protocol.STEP, "revision": revision, "direction": direction.value}
        )
        if message["event"] == protocol.APPLIED:
            keep = inspect is None or inspect()
            message = self._exchange({"do": protocol.COMMIT if keep else protocol.UNDO})
        return Stepped(
            statements=tuple(message["statements"]),
            executions=tuple(Execution.parse(account) for account in message["executions"]),
        )

    def stamp(self, revisions: Sequence[str]) -> None:
        """Write *revisions* (``("base",)`` for none) into the version table."""
        self._exchange({"do": protocol.STAMP, "revisions": list(revisions)})
