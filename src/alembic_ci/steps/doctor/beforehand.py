"""What an upgrade must not run into: ids that do not fit, rows that would be changed twice."""

from collections.abc import Iterator, Sequence

from alembic_ci.model import ChangeResult, Direction
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.doctor.doctor import patient_of
from alembic_ci.steps.doctor.examination import seen
from alembic_ci.steps.doctor.half_words import half_told
from alembic_ci.steps.doctor.patient import Patient
from alembic_ci.steps.doctor.versions import narrow
from alembic_ci.steps.problems import HALF_APPLIED, verdict_problem


def refused(desk: Desk, risky: Sequence[Binding]) -> Outcomes:
    """Return outcomes that refuse an upgrade, or none; *risky* may be half applied."""
    return _too_long(desk) or _begun_before(desk, risky)


def _too_long(desk: Desk) -> Outcomes:
    if not desk.context.history.too_long:
        return {}
    desk.standings()
    found = {b.label: next(narrow(patient_of(desk, b)), None) for b in desk.bindings}
    first = next((problem for problem in found.values() if problem), None)
    if first is None:
        return {}
    return {label: Outcome(problem=problem or first) for label, problem in found.items()}


def _begun_before(desk: Desk, risky: Sequence[Binding]) -> Outcomes:
    if not risky:
        return {}
    desk.standings()
    patients = [patient_of(desk, binding) for binding in risky]
    halves = dict(_halves(patients, desk))
    if not halves:
        return {}
    others = [binding for binding in desk.bindings if binding.label not in halves]
    return halves | {binding.label: _held_back(next(iter(halves))) for binding in others}


def _halves(patients: list[Patient], desk: Desk) -> Iterator[tuple[str, Outcome]]:
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
