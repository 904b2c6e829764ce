"""Whether a change that failed may simply be tried again, and how long to wait before."""

import random
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from alembic_ci.database.failures import connection_lost, deadlocked, lock_not_obtained
from alembic_ci.model import Retry
from alembic_ci.project.failures import Failure, ForeignError, StepFailedError
from alembic_ci.urls import Dialect

_FIRST_PAUSE = 1.0  # seconds
_LONGEST_PAUSE = 30.0
_GROWTH = 2.0
# What a revision may have executed on a database without transactional DDL: it changes nothing.
_READING = ("SELECT", "SHOW", "DESC", "DESCRIBE", "EXPLAIN", "PRAGMA", "SET")


def passing(failure: Failure | None) -> str:
    """Say in words what may be over soon; "" for what has to be corrected. Told by codes only."""
    if failure is None:
        return ""
    code = failure.code or ""
    if failure.lost or connection_lost(code):
        return "the connection was lost"
    if deadlocked(code):
        return "a deadlock or a conflict with another transaction"
    return "a lock was not free in time" if lock_not_obtained(code) else ""


def pause(attempt: int) -> float:
    """Return the seconds before try *attempt* (from 1): twice as long each time, and spread."""
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * _GROWTH ** (attempt - 1))
    return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads jobs, hides nothing


def told(retry: Retry) -> str:
    """Say in a line of progress what stopped a try."""
    where = f"revision {retry.revision}" if retry.revision else "env.py"
    by = f", held by {'; '.join(retry.blocked_by)}" if retry.blocked_by else ""
    return f"{where}: {retry.reason}{by}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remains:
    """What a failed try may have left in one database.

    *unrecorded* are revisions of the try that the version table does not tell of now, *lasting*
    those that committed something themselves, *transactional* whether DDL can be rolled back.
    """

    dialect: Dialect
    transactional: bool
    unrecorded: Collection[str]
    lasting: Collection[str]

    def nothing(self, error: ForeignError) -> bool:
        """Tell whether nothing is left that a second try would do twice."""
        if set(self.unrecorded) & set(self.lasting):
            return False
        if self.transactional and self.dialect is not Dialect.MYSQL:
            return True
        if not isinstance(error, StepFailedError):
            return not self.unrecorded
        lost = error.failure is not None and not lock_not_obtained(error.failure.code or "")
        return not lost and only_read(error.executed.statements)


def only_read(statements: Iterable[str]) -> bool:
    """Tell whether *statements*, on a database without transactional DDL, have changed nothing."""
    return all(statement.split(None, 1)[:1][0].upper() in _READING for statement in statements)
