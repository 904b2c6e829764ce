"""What every dialect's schema tracker promises to the rollback test."""

from collections.abc import Callable, Sequence
from typing import Protocol

from alembic_ci.delta import Delta, Snapshot

Value = str | int | float | bool | None
Rows = Sequence[Sequence[Value]]
Query = Callable[[str], Rows]
"""Run one statement without parameters and return its rows, on the migration's own connection.

The driver is the project's (psycopg2, psycopg, asyncpg, PyMySQL, sqlite3 ...), so a text holds one
statement, no placeholder in any driver's style, and asks for texts and numbers only.
"""


class SchemaTracker(Protocol):
    """The state of one scratch database's schema, kept up to date at the cost of what was touched.

    The caller walks a history step by step. After each step, before its commit and on the
    connection that ran it, it asks `question` and calls `advance`. Two things can go wrong, and
    both are the caller's to report: a step fails or its delta is refused (the transaction is rolled
    back), and the walk goes on with another connection. Then:

    - a step whose `advance` was never called, and which was rolled back, needs no call at all;
    - a step whose `advance` returned *delta*, and which was rolled back, needs ``undo(delta)``;
    - a step that failed half-way and left something behind (autocommit blocks, databases without
      transactional DDL) needs `resync`.

    A new connection needs no call: the tracker notices it by itself and reads more, once. After
    `start` and `resync` a call of `prepare` saves that.
    """

    @property
    def state(self) -> Snapshot:
        """The schema as it is believed to be now; the same mapping is updated in place."""

    def start(self) -> None:
        """Read the whole catalogue and forget everything known before."""

    def prepare(self) -> None:
        """Make ready what a session needs so that `advance` can read only what was touched."""

    @property
    def question(self) -> str:
        """The query that `advance` begins with, if there is one.

        The first value of its answer, if that is a text, is what to ask next. Where that is not
        empty, `advance` may be called after the commit.
        """

    def advance(self, answer: Rows | None = None) -> Delta:
        """Return what changed since the last call, reading only what was touched.

        *answer* are the rows of all that *question* led to, if that was asked together with the
        step.
        """

    def undo(self, delta: Delta) -> None:
        """Put back the state before *delta*, the last one that `advance` or `resync` returned."""

    def resync(self) -> Delta:
        """Read everything again; a non-empty delta means that `advance` missed something."""
