"""One try of a change: which databases env.py went to, and what was begun there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alembic_ci.errors import PlanChangedError
from alembic_ci.history import Revision
from alembic_ci.model import Direction
from alembic_ci.project.failures import ForeignError, StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.half_way import ConcurrentChangeError
from alembic_ci.steps.retrying import Remains
from alembic_ci.steps.version_table import version_rows
from alembic_ci.urls import Dialect


@dataclass(slots=True)
class Visit:
    """One ``run_migrations()`` of env.py; *begun* are the revisions so far, in order.

    *next* is the revision it is at, begun or not; empty when all of them are done.
    """

    binding: Binding
    session: Session
    begun: list[str] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    next: str = ""


@dataclass(slots=True)
class Attempt:
    """The visits of one run of env.py, the last of which is where it stands."""

    visits: list[Visit] = field(default_factory=list)

    def begin(self, binding: Binding, session: Session) -> tuple[Visit, int]:
        """Note a new visit; also returns how many there were before on that database."""
        earlier = sum(1 for visit in self.visits if visit.binding.label == binding.label)
        visit = Visit(binding, session)
        self.visits.append(visit)
        return visit, earlier

    def left_nothing(self, desk: Desk, direction: Direction, error: ForeignError) -> bool:
        """Tell, from new connections, whether another try would do nothing twice."""
        return all(remains.nothing(error) for remains in self._remains(desk, direction, error))

    def _remains(self, desk: Desk, direction: Direction, error: ForeignError) -> Iterator[Remains]:
        history = desk.context.history
        failed = _lasting(error)
        for visit in self.visits:
            ready = visit.session.ready
            with desk.fresh_control(visit.binding) as control:
                applied = history.closure(version_rows(control, ready))
            up = direction is Direction.UP
            yield Remains(
                dialect=visit.binding.url.dialect,
                transactional=ready.transactional,
                unrecorded={name for name in visit.begun if (name in applied) is not up},
                lasting=visit.session.lasting | failed,
            )


def _lasting(error: ForeignError) -> set[str]:
    """Return the failed revision if it had committed something."""
    lasts = isinstance(error, StepFailedError) and error.executed.lasting
    return {error.revision} if isinstance(error, StepFailedError) and lasts else set()


def refuse_unreviewed(desk: Desk, binding: Binding, plan: Sequence[Revision]) -> None:
    """Raise PlanChangedError when more is to be done than was reviewed.

    The SQL was held against the plan before the migration lock was ours.
    """
    reviewed = desk.reviewed.get(binding.label)
    more = [] if reviewed is None else [r.revision for r in plan if r.revision not in reviewed]
    if more:
        raise PlanChangedError(
            f"{desk.title(binding)} is not what was planned: not in the plan: revision "
            f"{', '.join(more)}. Nothing was written.",
            meaning="Another job has moved the database since its SQL was held against the plan.",
            remedy="Run `plan` again and have the new SQL reviewed.",
        )


def refuse_disturbed(desk: Desk, visit: Visit) -> None:
    """Raise ConcurrentChangeError when somebody else has moved the version table under us.

    Only where each revision of ours can be seen as soon as it is done.
    """
    ready, binding = visit.session.ready, visit.binding
    own = ready.per_migration or binding.url.dialect is Dialect.MYSQL
    if not own or ready.external or binding.url.dialect is Dialect.SQLITE or not visit.begun:
        return
    history = desk.context.history
    rows = version_rows(desk.control(binding), ready)
    expected = history.closure(ready.heads) ^ set(visit.begun)
    if history.unknown(rows) or history.closure(rows) != expected:
        raise _disturbed(desk.title(binding), rows, history.effective(expected))


def _disturbed(title: str, rows: Sequence[str], expected: Sequence[str]) -> ConcurrentChangeError:
    found = ", ".join(rows) or "nothing"
    wanted = ", ".join(expected) or "nothing"
    return ConcurrentChangeError(
        f"Somebody else migrates {title} at the same time: its version table holds {found}, "
        f"where this run has left {wanted}",
        meaning="Alembic itself takes no lock; ours keeps only jobs of alembic-ci apart.",
        remedy="Let nothing else migrate this database; then look with `status` and run again.",
    )
