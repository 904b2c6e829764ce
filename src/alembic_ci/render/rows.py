"""The report seen as one row a database: where it was, where it is, what was done."""

from collections.abc import Iterator
from dataclasses import dataclass

from alembic_ci.model import (
    ChangeResult,
    DatabaseReport,
    Direction,
    EnvironmentReport,
    Problem,
    Report,
    Result,
    Risk,
    RollbackResult,
    SqlResult,
    State,
    Statement,
    StatusResult,
    StepReport,
    risk,
)

_EVERY_HEAD = ("", "head", "heads")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One database; *database* is None where the environment failed before any was reached.

    *reason* is why there was none to work on.

    Revisions are None where the run did not learn them, which is not the same as none at all.
    """

    environment: str
    protected: bool
    database: DatabaseReport | None
    problem: Problem | None = None
    reason: str = ""

    @property
    def label(self) -> str:
        """Tell databases of one environment apart."""
        return self.database.label if self.database else ""

    @property
    def name(self) -> str:
        """Name the database in the run: ``staging`` or ``staging/tenant-a``."""
        return f"{self.environment}/{self.label}" if self.label else self.environment

    @property
    def steps(self) -> tuple[StepReport, ...]:
        """Return what was asked of this database, in order."""
        return self.database.steps if self.database else ()

    @property
    def state(self) -> State:
        """Return how it ended."""
        if self.problem:
            return State.FAILED
        return self.database.state if self.database else State.SKIPPED

    @property
    def duration(self) -> float:
        """Return the seconds spent on it."""
        return sum(step.duration for step in self.steps)

    @property
    def sql(self) -> SqlResult | None:
        """Return the scripts, if any were rendered."""
        return next((r for r in self._results() if isinstance(r, SqlResult)), None)

    @property
    def rollback(self) -> RollbackResult | None:
        """Return the rollback test, if there was one."""
        return next((r for r in self._results() if isinstance(r, RollbackResult)), None)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Return the statements, those of a revision as measured on rows where they were."""
        rendered = self.sql.statements if self.sql else ()
        measured = self.rollback.statements if self.rollback else ()
        if not self.sql:
            return measured
        better = {(item.revision, item.direction) for item in measured}
        wanted = {(item.revision, item.direction) for item in self.sql.revisions}
        kept = [item for item in measured if (item.revision, item.direction) in wanted]
        rest = [item for item in rendered if (item.revision, item.direction) not in better]
        return (*kept, *rest)

    @property
    def risk(self) -> Risk | None:
        """Return the worst that the upgrade's statements do; None where that is not known.

        A revision that could not be rendered may do anything.
        """
        worst = risk(item for item in self.statements if item.direction is Direction.UP)
        if worst is Risk.NONE and (not self.sql or any(r.problem for r in self.sql.revisions)):
            return None
        return worst

    @property
    def changes(self) -> tuple[ChangeResult, ...]:
        """Return what was written to the database itself."""
        return tuple(r for r in self._results() if isinstance(r, ChangeResult))

    @property
    def status(self) -> StatusResult | None:
        """Return the latest word on where it stands, older than the changes if need be."""
        if self.database and self.database.status_after:
            return self.database.status_after
        return next(reversed(self._statuses()), None)

    @property
    def before(self) -> tuple[str, ...] | None:
        """Return where it stood when the run began."""
        statuses = self._statuses()
        if statuses:
            return statuses[0].current
        return self.changes[0].before if self.changes else self.current

    @property
    def current(self) -> tuple[str, ...] | None:
        """Return where it stands when all is done."""
        if self.database and self.database.status_after:
            return self.database.status_after.current
        if self.changes:
            return self.changes[-1].after
        return self.status.current if self.status else None

    @property
    def target(self) -> tuple[str, ...] | None:
        """Return where it was meant to go; ``heads``, ``+1`` and ``-1`` as revisions if known."""
        if self.status is None:
            return self.changes[-1].after if self.changes else None
        if self.status.target in _EVERY_HEAD:
            return self.status.heads
        if self.status.target.startswith(("+", "-")):
            return self._relative(self.status.target)
        return tuple(self.status.target.split())

    def _relative(self, target: str) -> tuple[str, ...]:
        if self.changes:
            return self.changes[-1].after
        first = next(iter(self._statuses()), None)
        return first.pending[-1:] if first and first.pending else (target,)

    @property
    def applied(self) -> tuple[str, ...]:
        """Return the revisions that were run on it, up or down, in order."""
        return tuple(revision for change in self.changes for revision in change.applied)

    @property
    def pending(self) -> tuple[str, ...] | None:
        """Return what is still to be applied, oldest first."""
        if self.status is None or self.status.unknown:
            return None
        if self.database and self.database.status_after:
            return self.status.pending
        done = set(self.applied)
        return tuple(revision for revision in self.status.pending if revision not in done)

    @property
    def up_to_date(self) -> bool:
        """Tell whether it is known that nothing is left to do."""
        return self.status is not None and self.pending == ()

    def _results(self) -> Iterator[Result]:
        for step in self.steps:
            if step.result is not None:
                yield step.result

    def _statuses(self) -> tuple[StatusResult, ...]:
        return tuple(r for r in self._results() if isinstance(r, StatusResult))


def rows(report: Report) -> tuple[Row, ...]:
    """Return one row a database, and one for each environment that never got to a database."""
    return tuple(row for environment in report.environments for row in _rows(environment))


def _rows(environment: EnvironmentReport) -> Iterator[Row]:
    if environment.problem or not environment.databases:
        yield Row(
            environment=environment.name,
            protected=environment.protected,
            database=None,
            problem=environment.problem,
            reason=environment.reason,
        )
    for database in environment.databases:
        yield Row(environment=environment.name, protected=environment.protected, database=database)
