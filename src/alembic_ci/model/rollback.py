"""What the rollback test showed."""

from dataclasses import dataclass

from alembic_ci.model.problem import Problem
from alembic_ci.model.statement import Statement
from alembic_ci.model.states import Phase, State, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One object that is not as it was, in words; *object* is its stable name for tools.

    *before* and *after* are its two states, a line for each attribute that differs; both are empty
    where there is nothing to put side by side, one is where the object did not exist.
    """

    text: str
    object: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionProof:
    """What up, down, up of one revision showed.

    *notices* are differences that do not fail it. *losses* are values of rows that the upgrade or
    the downgrade threw away, *duplicates* columns in which two rows with the same value make the
    upgrade fail; whether these fail the test is a setting. *implicit* are values that the server
    itself put into rows, because the upgrade gives none. *only_with_rows* tells that what failed
    passes on empty tables.
    """

    revision: str
    verdict: Verdict
    phase: Phase | None = None
    problem: Problem | None = None
    differences: tuple[Difference, ...] = ()
    notices: tuple[Difference, ...] = ()
    losses: tuple[Difference, ...] = ()
    duplicates: tuple[Difference, ...] = ()
    implicit: tuple[Difference, ...] = ()
    reason: str = ""
    only_with_rows: bool = False
    duration: float = 0.0

    @property
    def doubted(self) -> bool:
        """Tell whether its verdict leaves out what depends on rows."""
        return bool(self.losses or self.duplicates or self.implicit)

    @property
    def applied(self) -> bool:
        """Tell whether the revision stands in the database once its proof is over."""
        failed_up = self.verdict is Verdict.FAILED and self.phase is Phase.UP
        return self.verdict is not Verdict.NOT_RUN and (not failed_up or self.only_with_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """One leg of all revisions in one go: up, down, or up again.

    *name* is ``upgrade in one go``, ``downgrade in one go`` or ``upgrade again``. *differences*
    are against the schema that it should have led to; *reason* says why it was not run.
    """

    name: str
    state: State
    problem: Problem | None = None
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    duration: float = 0.0


EVERY_TABLE = "every table"
"""What is unfilled where rows had to be given up in the middle of a rollback test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackResult:
    """The rollback test of one database; *scratch* says in words where it ran.

    *rows* is how many rows each table held, *unfilled* the tables that could not be given any.
    *proved_for* names the database it was run for, where that is one like this and not this one.
    *statements* are those of the revisions' upgrades and downgrades, measured on these rows; a
    revision that could not be run on rows has none.
    """

    scratch: str
    scope: str
    proofs: tuple[RevisionProof, ...]
    round_trip: tuple[RoundTrip, ...] = ()
    rows: int = 0
    unfilled: tuple[Difference, ...] = ()
    statements: tuple[Statement, ...] = ()
    proved_for: str = ""
