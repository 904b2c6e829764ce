"""The checks, in the order in which their answers matter."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from alembic_ci.errors import AlembicCIError, ExitCode, combined
from alembic_ci.model import DiagnosisResult, Problem
from alembic_ci.project.session import Ready
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.doctor import servers, versions
from alembic_ci.steps.doctor.patient import Patient
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
    """Examine every database of the desk.

    A project whose env.py cannot be run does not keep us from looking at the database.
    """
    trouble: list[Problem] = []
    readies: Mapping[str, Ready] = {}
    for binding in desk.bindings:
        desk.control(binding)
    try:
        readies = desk.standings()
    except AlembicCIError as error:
        desk.close_worker()
        context = desk.context
        told = problem(error, redact=context.redact, start_directory=context.start_directory)
        trouble.append(told)
    return {
        binding.label: _outcome(desk, binding, readies.get(binding.label), trouble)
        for binding in desk.bindings
    }


def after_failure(desk: Desk, binding: Binding) -> DiagnosisResult | None:
    """Examine a database right after a change of it failed; None when it cannot be reached."""
    try:
        patient = _patient(desk, binding, desk.readies.get(binding.label), urgent=True)
        return _diagnosis(patient, ())
    except AlembicCIError:
        return None


def _outcome(
    desk: Desk, binding: Binding, ready: Ready | None, trouble: Iterable[Problem]
) -> Outcome:
    result = _diagnosis(_patient(desk, binding, ready, urgent=False), trouble)
    return Outcome(result=result, problem=most_telling(result.problems))


def _patient(desk: Desk, binding: Binding, ready: Ready | None, *, urgent: bool) -> Patient:
    control = desk.control(binding)
    bare = Patient(desk=desk, binding=binding, ready=ready, rows=None, urgent=urgent)
    rows = control.version_rows(bare.table, bare.schema)
    return Patient(desk=desk, binding=binding, ready=ready, rows=rows, urgent=urgent)


def _diagnosis(patient: Patient, trouble: Iterable[Problem]) -> DiagnosisResult:
    found = [*trouble, *(item for check in _CHECKS for item in check(patient))]
    return DiagnosisResult(
        current=patient.current,
        problems=tuple(item for item in found if item.exit_code is not ExitCode.PASSED),
        notes=tuple(item for item in found if item.exit_code is ExitCode.PASSED),
    )


def most_telling(problems: Iterable[Problem]) -> Problem | None:
    """Return the problem that decides the exit code, None when there is none."""
    found = tuple(problems)
    code = combined(item.exit_code for item in found)
    return next((item for item in found if item.exit_code is code), None)
