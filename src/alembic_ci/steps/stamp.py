"""Write a revision into the version table without running it."""

from collections.abc import Sequence

from alembic_ci.history import History
from alembic_ci.model import ChangeResult, Direction
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.change import required_target
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.locks import Locks
from alembic_ci.steps.lost_changes import silent_rollback
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.version_table import version_rows


def stamp(desk: Desk) -> Outcomes:
    """Stamp the target and verify it; a table that nothing can start from is emptied first."""
    target = required_target(desk, "stamp")
    refuse_unless_allowed(desk.environment, desk.context.variables)
    with desk.locked() as locks:
        return _stamp(desk, target, locks)


def _stamp(desk: Desk, target: str, locks: Locks) -> Outcomes:
    history = desk.context.history
    wanted = stamped(history, target)
    readies = dict(desk.standings())
    purge = any(
        history.unknown(ready.heads) or history.covered(ready.heads) for ready in readies.values()
    )

    def visit(_: Binding, session: Session) -> None:
        session.stamp(wanted or ("base",))

    desk.sessions_of(Online(target=target, purge=purge), visit)
    outcomes = {}
    for binding in desk.bindings:
        before = readies[binding.label]
        with desk.fresh_control(binding) as control:
            tables = [version_rows(control, ready) for ready in desk.arrivals[binding.label]]
        after = next((rows for rows in tables if not _holds(rows, wanted)), tables[0])
        result = ChangeResult(
            direction=Direction.UP,
            before=before.heads,
            after=after,
            applied=(),
            verified=_holds(after, wanted),
            waited=locks.waited(binding.label),
        )
        failed = None if result.verified else silent_rollback(after)
        outcomes[binding.label] = Outcome(result=result, problem=failed)
    return outcomes


def stamped(history: History, target: str) -> tuple[str, ...]:
    """Return what the version table will hold; nothing for base."""
    if target == "base":
        return ()
    return history.effective(item.revision for item in history.upgrade_plan((), target))


def _holds(rows: Sequence[str], wanted: Sequence[str]) -> bool:
    return set(wanted) <= set(rows) if wanted else not rows
