"""What a change that did not come to its end has left behind, in words that hold for the database.

PostgreSQL takes back what a transaction did. MariaDB and MySQL commit at each DDL statement, and
SQLite's driver at most of them, so there a revision can be half applied.
"""

import signal
from dataclasses import dataclass
from typing import NamedTuple

from alembic_ci.database.explanations import Explanation
from alembic_ci.database.failures import connection_lost, lock_not_obtained
from alembic_ci.database.locking import LockLostError
from alembic_ci.errors import AlembicCIError, ExitCode
from alembic_ci.history import Revision
from alembic_ci.model import ChangeResult, Direction
from alembic_ci.project.failures import EnvError, ForeignError, StepFailedError
from alembic_ci.urls import Dialect
from alembic_ci.wording.excerpts import shortened

_STATEMENTS_SHOWN = 5
_STATEMENT_CHARACTERS = 120
_PRODUCTS = {
    Dialect.POSTGRESQL: "PostgreSQL",
    Dialect.MYSQL: "MariaDB and MySQL",
    Dialect.SQLITE: "SQLite",
}


class EndedError(AlembicCIError):
    """A signal ended the change."""

    exit_code = ExitCode.TEMPORARY
    failure_class = "interrupted"


class ConcurrentChangeError(AlembicCIError):
    """Somebody else changes the same database at the same time."""

    exit_code = ExitCode.TEMPORARY
    failure_class = "concurrent-change"


_BETWEEN = (ConcurrentChangeError, LockLostError)  # noticed while no revision was at work


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """Where a change ended: in the middle of *revision*, with *result* in the version table.

    *transactional* tells whether the migration's transaction covers DDL, *kept* are other version
    tables of the same database that were changed before. *unrecorded* are revisions that had run
    and committed something in the middle; their rows of the version table were rolled back.
    """

    revision: Revision
    result: ChangeResult
    dialect: Dialect
    transactional: bool
    kept: tuple[str, ...] = ()
    unrecorded: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Name what the version table holds."""
        return _where(self.result)


class Words(NamedTuple):
    """What happened, what it means for the database, what to do; not redacted yet."""

    problem: str
    meaning: str
    remedy: str


def ended(signum: int) -> AlembicCIError:
    """Return the error for a change that a signal ended."""
    return EndedError(
        f"The run was ended by {signal.Signals(signum).name}",
        meaning="Somebody cancelled the job, or it ran out of time.",
        remedy="",
    )


def half_way(error: AlembicCIError, end: End) -> Words:
    """Say where the database stands after *error*, and what to do before the next try."""
    return Words(
        problem=f"{_what(error, end)}; the database is at {end.where}.{_done(end.result)}",
        meaning=" ".join(
            part for part in (error.meaning, _usually(error), _left(error, end)) if part
        ),
        remedy=_remedy(error, end),
    )


def between(error: AlembicCIError, result: ChangeResult) -> Words:
    """Say where the database stands after *error*, which came when no revision was at work."""
    meaning, remedy = error.meaning, error.remedy
    if isinstance(error, EnvError):
        meaning = "It came from env.py itself, behind the revisions that it had run by then."
        remedy = "Correct env.py, then run again: it goes on from where the database stands."
    return Words(
        problem=f"{error.problem.rstrip('.')} while no revision was at work; the database is at "
        f"{_where(result)}.{_done(result)}",
        meaning=meaning,
        remedy=remedy or "Run again: it goes on from where the database stands.",
    )


def unknown_end(error: AlembicCIError) -> Words:
    """Say what is left to say when the database cannot be asked any more."""
    return Words(
        problem=f"{error.problem.rstrip('.')}; where the database stands now is not known, "
        "because it cannot be reached.",
        meaning=error.meaning,
        remedy="When it is back, look with `status` before anything else.",
    )


def _where(result: ChangeResult) -> str:
    return ", ".join(result.after) or "base (no revision)"


def _explained(error: AlembicCIError) -> Explanation | None:
    failure = error.failure if isinstance(error, StepFailedError) else None
    return failure.explanation if failure else None


def _usually(error: AlembicCIError) -> str:
    usual = _explained(error)
    return usual.meaning if usual else ""


def _what(error: AlembicCIError, end: End) -> str:
    name = end.revision.revision
    down = end.result.direction is Direction.DOWN
    if isinstance(error, _BETWEEN):
        return f"{error.problem}; stopped before revision {name}"
    if isinstance(error, StepFailedError):
        return f"{'The downgrade of revision' if down else 'Revision'} {name} failed"
    return f"{error.problem.rstrip('.')} in the middle of {'downgrading ' * down}revision {name}"


def _done(result: ChangeResult) -> str:
    word = "Taken back" if result.direction is Direction.DOWN else "Applied"
    return f" {word} before it: {', '.join(result.applied)}." if result.applied else ""


def _left(error: AlembicCIError, end: End) -> str:
    """Say what of the unfinished revision is still in the database."""
    if _rolled_back(end):
        return _taken_back(end)
    product = _PRODUCTS[end.dialect]
    if isinstance(error, _BETWEEN):
        return "Nothing of it had been executed."
    if not isinstance(error, StepFailedError):
        return f"{product} may keep what the revision had done by then."
    if not error.executed.statements:
        return "Nothing of it had been executed before."
    shown = [
        shortened(statement, _STATEMENT_CHARACTERS)
        for statement in error.executed.statements[:_STATEMENTS_SHOWN]
    ]
    rest = len(error.executed.statements) - len(shown)
    listed = "; ".join(shown) + (f"; and {rest} more" if rest else "")
    return f"{product} may keep what it had executed before: {listed}."


def _rolled_back(end: End) -> bool:
    return end.dialect is not Dialect.MYSQL and end.transactional


def _taken_back(end: End) -> str:
    if end.unrecorded:
        return (
            f"What it had done was rolled back, and so was the version row of "
            f"{', '.join(end.unrecorded)} behind its last commit: what that had committed stays in "
            "the database."
        )
    if uses_autocommit(end.revision):
        return (
            "What came before and inside its autocommit_block() stays in the database; the rest "
            "was rolled back."
        )
    if end.result.applied:
        return "What it had done was rolled back; the revisions before it stay."
    if end.kept:
        kept = " and ".join(f"`{table}`" for table in end.kept)
        return f"What it had done was rolled back; what it had done before for {kept} stays."
    return "Everything this run had done was rolled back."


def uses_autocommit(revision: Revision) -> bool:
    """Tell whether a revision leaves its transaction in the middle."""
    return "autocommit_block" in revision.path.read_text(encoding="utf-8", errors="replace")


def _remedy(error: AlembicCIError, end: End) -> str:
    first = ""
    clean = _rolled_back(end) and not uses_autocommit(end.revision) and not end.unrecorded
    if not clean and (end.unrecorded or not _nothing_ran(error)):
        first = (
            "See what of it is in, and finish it or take it back, with `doctor` or by hand; then "
        )
    if isinstance(error, EndedError):
        return _sentence(f"{first}run again: it goes on from where the database stands.")
    if isinstance(error, StepFailedError) and _passes(error):
        return _sentence(f"{first}run again when the database is less busy.")
    usual = _explained(error)
    if usual:
        return _sentence(f"{first}{usual.remedy[:1].lower()}{usual.remedy[1:]}")
    if isinstance(error, StepFailedError):
        return _sentence(f"{first}correct the revision and run again.")
    return _sentence(f"{first}{error.remedy[:1].lower()}{error.remedy[1:]}")


def _nothing_ran(error: AlembicCIError) -> bool:
    if isinstance(error, _BETWEEN):
        return True
    return isinstance(error, StepFailedError) and not error.executed.statements


def _passes(error: ForeignError) -> bool:
    failure = error.failure
    if failure is None:
        return False
    code = failure.code or ""
    return failure.lost or lock_not_obtained(code) or connection_lost(code)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
