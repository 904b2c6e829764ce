"""The checks, in the order in which their answers matter."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping

from alembic_ci.errors import AlembicCIError, ExitCode, combined
from alembic_ci.model import DiagnosisResult, Problem, Way
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.doctor import servers, versions
from alembic_ci.steps.doctor.examination import Seen, seen
from alembic_ci.steps.doctor.patient import Patient, keeps_parts
from alembic_ci.steps.doctor.resume import resumed
from alembic_ci.steps.problems import problem

Check = Callable[[Patient], Iterator[Problem]]

_CHECKS: tuple[Check, ...] = (
    versions.unknown,
    versions.overlapping,
    versions.elsewhere,
    versions.forked,
    versions.narrow,
    versions.branches,
    servers.read_only,
    servers.broken_indexes,
    servers.locks,
)


def doctor(desk: Desk) -> Outcomes:
    """Examine every database of the desk, and mend a half-applied revision when told to.

    A project whose env.py cannot be run does not keep us from looking at the database.
    """
    for binding in desk.bindings:
        desk.control(binding)
    trouble = _standings(desk)
    patients = [patient_of(desk, binding) for binding in desk.bindings]
    shown = seen(desk, patients)
    return {item.binding.label: _outcome(item, trouble, shown) for item in patients}


def after_failure(desk: Desk, binding: Binding) -> DiagnosisResult | None:
    """Examine a database right after a change of it failed; None when it cannot be reached.

    The schema is looked at where a part of a revision may have stayed.
    """
    desk.close_control(binding)  # the accident may have cost it, too
    try:
        patient = patient_of(desk, binding, urgent=True)
        keeps = patient.ready is not None and keeps_parts(patient)
        shown = seen(desk, [patient]).get(binding.label) if keeps else None
        return _diagnosis(patient, (), shown)
    except AlembicCIError:
        return None


def _standings(desk: Desk) -> list[Problem]:
    try:
        desk.standings()
    except AlembicCIError as error:
        desk.close_worker()
        context = desk.context
        told = problem(error, redact=context.redact, start_directory=context.start_directory)
        return [told]
    return []


def _outcome(patient: Patient, trouble: Iterable[Problem], shown: Mapping[str, Seen]) -> Outcome:
    found = shown.get(patient.binding.label)
    half, settings = found.half if found else None, patient.context.settings
    if half is None or not settings.resume or not settings.apply:
        result = _diagnosis(patient, trouble, found)
        return Outcome(result=result, problem=most_telling(result.problems))
    recovery = resumed(patient, half, Way(settings.resume))
    mended = patient_of(patient.desk, patient.binding)
    result = dataclasses.replace(
        _diagnosis(mended, trouble, None),
        compared=found.compared if found else "",
        half_applied=dataclasses.replace(half.value, recoveries=(recovery,)),
    )
    return Outcome(result=result, problem=most_telling(result.problems))


def patient_of(desk: Desk, binding: Binding, *, urgent: bool = False) -> Patient:
    """Return a database with what its version table holds now."""
    ready = desk.readies.get(binding.label)
    bare = Patient(desk=desk, binding=binding, ready=ready, rows=None, urgent=urgent)
    rows = desk.control(binding).version_rows(bare.table, bare.schema)
    return dataclasses.replace(bare, rows=rows)


def _diagnosis(patient: Patient, trouble: Iterable[Problem], shown: Seen | None) -> DiagnosisResult:
    found = [*trouble, *(item for check in _CHECKS for item in check(patient))]
    found += shown.problems if shown else ()
    half = shown.half if shown else None
    return DiagnosisResult(
        current=patient.current,
        problems=tuple(item for item in found if item.exit_code is not ExitCode.PASSED),
        notes=tuple(item for item in found if item.exit_code is ExitCode.PASSED),
        compared=shown.compared if shown else "",
        half_applied=half.value if half else None,
    )


def most_telling(problems: Iterable[Problem]) -> Problem | None:
    """Return the problem that decides the exit code, None when there is none."""
    found = tuple(problems)
    code = combined(item.exit_code for item in found)
    return next((item for item in found if item.exit_code is code), None)
