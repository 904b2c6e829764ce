"""Walk scratch databases through revisions, through failures and new starts."""

from collections.abc import Collection, Mapping
from typing import Protocol

from alembic_ci.history import History
from alembic_ci.model import Direction
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Look, Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.scratch import Scratch

_LONG = 25  # steps that take longer than a copy of the database


class Walker(Protocol):
    """Who decides what is run on one database, and survives a step that fails.

    ``visit`` goes on wherever the last run of env.py ended; ``failed`` hears why one ended early.
    When ``rebuild`` is true and it cannot ``mend`` the database by itself, the database is put back
    to where it held less than ``standing``, ``rebuilt`` says so, and ``prepare`` brings it up.
    """

    rebuild: bool

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to do."""

    @property
    def standing(self) -> Collection[str]:
        """The revisions that the database should hold now."""

    def prepare(self, session: Session) -> int:
        """Apply what is missing of them, and nothing else; return how many steps that took."""

    def visit(self, session: Session) -> None:
        """Run steps until all is done, or until the database must be rebuilt."""

    def failed(self, error: StepFailedError) -> None:
        """Take note of the step that raised."""

    def mend(self) -> bool:
        """Repair the database while env.py is not running; False where that is not possible."""

    def rebuilt(self) -> None:
        """Take note of the database that was put back."""


def bring_up(
    session: Session,
    history: History,
    wanted: Collection[str],
    look: str = "",
    *,
    brought: Collection[str] = (),
) -> int:
    """Apply those of *wanted* that the database does not hold yet, oldest first; count them.

    *look* is a query that is run in the last of them. *brought* are those that this run of env.py
    has applied already.
    """
    there = history.closure(session.ready.heads).union(brought)
    names = [item.revision for item in history.oldest_first()]
    missing = [name for name in names if name in wanted and name not in there]
    for name in missing:
        session.step(name, Direction.UP, look=Look(look if name == missing[-1] else ""))
    return len(missing)


def walk(scratch: Scratch, walkers: Mapping[str, Walker], request: Online) -> None:
    """Run env.py as *request* says until every walker is finished.

    Databases that have no walker stay as they are, though env.py goes there too. One that takes
    long to be brought up is kept before the walk goes on, so that what a failure costs does not
    grow with the history before it.
    """
    low = frozenset(walkers)
    while not all(walker.finished for walker in walkers.values()):
        walked = [b for b in scratch.bindings if b.label in walkers]
        broken = [b for b in walked if _must_rebuild(walkers[b.label])]
        broken = [b for b in broken if not walkers[b.label].mend()]
        for binding in broken:
            scratch.reset(binding, walkers[binding.label].standing)
            walkers[binding.label].rebuilt()
        _go_on(scratch, walkers, request, low | {binding.label for binding in broken})
        low = frozenset()


def brought(scratch: Scratch, walkers: Mapping[str, Walker], request: Online) -> None:
    """Bring the databases to where their walkers begin, and no further."""
    _go_on(scratch, walkers, request, frozenset(walkers), further=False)


def _go_on(
    scratch: Scratch,
    walkers: Mapping[str, Walker],
    request: Online,
    low: Collection[str],
    *,
    further: bool = True,
) -> None:
    """Run env.py once; the databases of *low* have to be brought up first.

    A step that fails ends the run, and its walker hears of it.
    """
    active: list[Walker] = []
    long: list[Binding] = []

    def visit(binding: Binding, session: Session) -> None:
        if binding.label not in walkers:
            return
        walker = walkers[binding.label]
        active.append(walker)
        if binding.label in low and _is_long(scratch, binding, walker.prepare(session)):
            long.append(binding)
        elif further:
            walker.visit(session)

    try:
        scratch.desk.sessions_of(request, visit)
    except StepFailedError as error:
        if not active:
            raise
        active[-1].failed(error)
    for binding in long:
        scratch.keep(binding, walkers[binding.label].standing)


def _is_long(scratch: Scratch, binding: Binding, steps: int) -> bool:
    return steps >= _LONG and scratch.may_keep(binding)


def _must_rebuild(walker: Walker) -> bool:
    return walker.rebuild and not walker.finished
