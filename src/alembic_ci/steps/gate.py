"""Tell cheaply whether an upgrade may run into something that has to be looked at before it."""

import re

from alembic_ci.history import Revision
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.half_way import uses_autocommit
from alembic_ci.urls import Dialect

_MAY_CHANGE_ROWS = re.compile(
    r"\b(?:insert|update|delete|replace|truncate|load|call|bulk_insert|get_bind|Session)\b",
    re.IGNORECASE,
)
_DEFAULT_TABLE = "alembic_version"


def held_back(desk: Desk, target: str) -> Outcomes:
    """Return outcomes that refuse the upgrade, or none.

    An id that the version table has no room for is refused when its revision has already run. And
    where the first revision is in by half, running it again could do harm: if it changes rows, on
    a server that commits in the middle of it. Any other one fails at its first statement that is
    in. With nothing to do, this starts neither env.py nor a scratch database.
    """
    risky = [binding for binding in desk.bindings if _risky(desk, binding, target)]
    if not risky and not desk.context.history.too_long:
        return {}
    # Only these need the doctor, which brings everything that looks at schemas.
    from alembic_ci.steps.doctor import refused  # noqa: PLC0415

    return refused(desk, risky)


def _risky(desk: Desk, binding: Binding, target: str) -> bool:
    """Judge without starting env.py, which an upgrade with nothing to do should not pay for."""
    history, ready = desk.context.history, desk.readies.get(binding.label)
    table = ready.version_table if ready else _DEFAULT_TABLE
    rows = desk.control(binding).version_rows(table, ready.schema if ready else None)
    if rows is None or history.unknown(rows) or history.covered(rows):
        return False
    plan = history.upgrade_plan(rows, target)
    return bool(plan) and _commits_midway(binding, plan[0]) and _may_change_rows(plan[0])


def _commits_midway(binding: Binding, revision: Revision) -> bool:
    return binding.url.dialect is Dialect.MYSQL or uses_autocommit(revision)


def _may_change_rows(revision: Revision) -> bool:
    text = revision.path.read_text(encoding="utf-8", errors="replace")
    return _MAY_CHANGE_ROWS.search(text) is not None
