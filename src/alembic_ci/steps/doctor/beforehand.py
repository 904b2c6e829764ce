"""What an upgrade must not run into: ids that do not fit, rows that would be changed twice."""

import re
from collections.abc import Iterator

from alembic_ci.history import Revision
from alembic_ci.model import ChangeResult, Direction
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.doctor.doctor import patient_of
from alembic_ci.steps.doctor.examination import seen
from alembic_ci.steps.doctor.half_words import HALF_APPLIED, half_told
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.versions import narrow
from alembic_ci.steps.half_way import uses_autocommit
from alembic_ci.steps.problems import verdict_problem
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
    return _too_long(desk) or _begun_before(desk, target)


def _too_long(desk: Desk) -> Outcomes:
    if not desk.context.history.too_long:
        return {}
    desk.standings()
    found = {b.label: next(narrow(patient_of(desk, b)), None) for b in desk.bindings}
    first = next((problem for problem in found.values() if problem), None)
    if first is None:
        return {}
    return {label: Outcome(problem=problem or first) for label, problem in found.items()}


def _begun_before(desk: Desk, target: str) -> Outcomes:
    risky = [binding for binding in desk.bindings if _risky(desk, binding, target)]
    if not risky:
        return {}
    desk.standings()
    patients = [patient_of(desk, binding) for binding in risky]
    refused = dict(_refused(patients, desk))
    if not refused:
        return {}
    others = [binding for binding in desk.bindings if binding.label not in refused]
    return refused | {binding.label: _held_back(next(iter(refused))) for binding in others}


def _refused(patients: list[Patient], desk: Desk) -> Iterator[tuple[str, Outcome]]:
    shown = seen(desk, patients)
    for patient in patients:
        found = shown.get(patient.binding.label)
        if found is None or found.half is None:
            continue
        result = ChangeResult(
            direction=Direction.UP,
            before=patient.current,
            after=patient.current,
            applied=(),
            verified=True,
        )
        yield patient.binding.label, Outcome(result=result, problem=half_told(patient, found.half))


def _held_back(label: str) -> Outcome:
    problem = verdict_problem(
        f"Nothing was run, because a revision is half applied to {label or 'another database'}.",
        failure_class=HALF_APPLIED,
        remedy="Finish it there or take it back; env.py migrates these databases together.",
    )
    return Outcome(problem=problem)


def _risky(desk: Desk, binding: Binding, target: str) -> bool:
    """Judge without starting env.py, which an upgrade with nothing to do should not pay for."""
    history, ready = desk.context.history, desk.readies.get(binding.label)
    table = ready.version_table if ready else _DEFAULT_TABLE
    rows = desk.control(binding).version_rows(table, ready.version_schema if ready else None)
    if rows is None or history.unknown(rows) or history.covered(rows):
        return False
    plan = history.upgrade_plan(rows, target)
    return bool(plan) and _commits_midway(binding, plan[0]) and _may_change_rows(plan[0])


def _commits_midway(binding: Binding, revision: Revision) -> bool:
    return binding.url.dialect is Dialect.MYSQL or uses_autocommit(revision)


def _may_change_rows(revision: Revision) -> bool:
    text = revision.path.read_text(encoding="utf-8", errors="replace")
    return _MAY_CHANGE_ROWS.search(text) is not None
