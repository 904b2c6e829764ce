"""Where every database stands, as Alembic itself sees it."""

from collections.abc import Iterable

from alembic_ci.database.control import Control
from alembic_ci.history import History
from alembic_ci.model import StatusResult
from alembic_ci.project.session import Ready
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.problems import problem
from alembic_ci.steps.version_table import unusable


def status(desk: Desk) -> Outcomes:
    """Read every version table; nothing is changed."""
    target = desk.context.settings.target or "heads"
    desk.standings()
    return {
        binding.label: _outcome(desk, binding, target)
        for binding in desk.bindings
        if binding.label in desk.arrivals
    }


def _outcome(desk: Desk, binding: Binding, target: str) -> Outcome:
    """Show what a version table holds, also when nothing can be done with it."""
    context = desk.context
    result = furthest_behind(
        context.history, desk.arrivals[binding.label], desk.control(binding), target
    )
    error = unusable(desk, binding, result.current)
    failed = (
        problem(error, redact=context.redact, start_directory=context.start_directory)
        if error
        else None
    )
    return Outcome(result=result, problem=failed)


def furthest_behind(
    history: History, places: Iterable[Ready], control: Control, target: str
) -> StatusResult:
    """Return where a database stands: of several version tables, the one with most to do."""
    standings = [standing(history, ready, control, target) for ready in places]
    return max(standings, key=lambda item: (len(item.unknown), len(item.pending)))


def standing(history: History, ready: Ready, control: Control, target: str) -> StatusResult:
    """Compare what a database's version table holds now with the project's history."""
    rows = control.version_rows(ready.version_table, ready.schema)
    current = rows or ()
    unknown = history.unknown(current)
    pending = () if unknown else history.upgrade_plan(current, target)
    return StatusResult(
        initialised=rows is not None,
        current=current,
        heads=history.heads,
        target=target,
        pending=tuple(revision.revision for revision in pending),
        unknown=unknown,
    )
