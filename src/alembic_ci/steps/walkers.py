"""Walk scratch databases through revisions, through failures and new starts."""

from collections.abc import Collection, Mapping
from typing import Protocol

from alembic_ci.history import History
from alembic_ci.model import Direction
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.desk import Binding
from alembic_ci.steps.scratch import Scratch


class Walker(Protocol):
    """Who decides what is run on one database, and survives a step that fails.

    ``visit`` goes on wherever the last run of env.py ended; ``failed`` hears why one ended early.
    When ``rebuild`` is true and it cannot ``mend`` the database by itself, the database is emptied,
    and ``rebuilt`` says so.
    """

    rebuild: bool

    @property
    def finished(self) -> bool:
        """Tell whether nothing is left to do."""

    def visit(self, session: Session) -> None:
        """Run steps until all is done, or until the database must be rebuilt."""

    def failed(self, error: StepFailedError) -> None:
        """Take note of the step that raised."""

    def mend(self) -> bool:
        """Repair the database while env.py is not running; False where that is not possible."""

    def rebuilt(self) -> None:
        """Take note of the empty database."""


def bring_up(
    session: Session,
    history: History,
    wanted: Collection[str],
    look: str = "",
) -> None:
    """Apply those of *wanted* that the database does not hold yet, oldest first.

    *look* is a query that is run in the last of them.
    """
    there = history.closure(session.ready.heads)
    names = [item.revision for item in history.oldest_first()]
    missing = [name for name in names if name in wanted and name not in there]
    for name in missing:
        session.step(name, Direction.UP, look=look if name == missing[-1] else "")


def walk(scratch: Scratch, walkers: Mapping[str, Walker], request: Online) -> None:
    """Run env.py as *request* says until every walker is finished.

    A database that has none stays as it is.
    """
    bindings = [binding for binding in scratch.bindings if binding.label in walkers]
    while not all(walker.finished for walker in walkers.values()):
        _once(scratch, walkers, request)
        broken = [b for b in bindings if _must_rebuild(walkers[b.label])]
        broken = [b for b in broken if not walkers[b.label].mend()]
        scratch.empty(broken)
        for binding in broken:
            walkers[binding.label].rebuilt()


def _once(scratch: Scratch, walkers: Mapping[str, Walker], request: Online) -> None:
    """Run env.py once; a step that fails ends the run, and its walker hears of it."""
    active: list[Walker] = []

    def visit(binding: Binding, session: Session) -> None:
        if binding.label in walkers:
            active.append(walkers[binding.label])
            active[-1].visit(session)

    try:
        scratch.desk.sessions_of(request, visit)
    except StepFailedError as error:
        if not active:
            raise
        active[-1].failed(error)


def _must_rebuild(walker: Walker) -> bool:
    return walker.rebuild and not walker.finished
