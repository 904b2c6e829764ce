"""Everything that failed, gathered from wherever the report holds it, said once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    ChangeResult,
    DiagnosisResult,
    Difference,
    Problem,
    Report,
    RevisionInfo,
    RollbackResult,
    SqlResult,
    State,
    StepReport,
)
from alembic_ci.render.disproofs import (
    DATA_LOSS,
    DUPLICATES,
    Known,
    disproofs,
    doubts,
    irreversibles,
)
from alembic_ci.render.divergences import divergences
from alembic_ci.render.failure import Failure, placed, rule_broken
from alembic_ci.render.hazards import dangers
from alembic_ci.render.rows import Row, rows
from alembic_ci.render.unseen import left_out, unseen

EXIT_CLASSES: dict[int, str] = {
    ExitCode.DIFFERENCE: "difference",
    ExitCode.FINDINGS: "findings",
    ExitCode.BUG: "bug",
}
Telling = Callable[[StepReport, Known], Iterator[Failure]]

_SUMS_UP = ("rollback", DATA_LOSS, DUPLICATES)


def failures(report: Report) -> tuple[Failure, ...]:
    """Return the failures in the order they were met, equal ones of several databases as one."""
    known = _known(report)
    found: dict[Failure, list[str]] = {}
    if report.problem:
        found[_accident("", report.problem)] = []
    for row in rows(report):
        for failure in _shared(_of(row, known)):
            found.setdefault(failure, []).append(row.name)
    return _named(found)


def warnings(report: Report) -> tuple[Failure, ...]:
    """Return what fails nothing and may hurt: values lost, tables without rows or rewritten."""
    known = _known(report)
    doubtful = (*_gathered(report, doubts), *_gathered(report, unseen))
    found = {failure: list(failure.where) for failure in doubtful}
    for row in rows(report):
        for danger in dangers(row):
            there = replace(danger, problem=placed(danger.problem, known))
            found.setdefault(there, []).append(row.name)
    return _named(found)


def notes(report: Report) -> tuple[Failure, ...]:
    """Return what did not go well and yet fails nothing: revisions without rendered SQL."""
    return _gathered(report, _noted)


def declared(report: Report) -> tuple[Failure, ...]:
    """Return the revisions that are declared impossible to roll back."""
    return _gathered(report, irreversibles)


def failure_class(report: Report) -> str:
    """Return one stable word for the first failure, empty when all passed."""
    if report.state is State.PASSED:
        return ""
    told = [problem.failure_class for problem in report.problems()]
    told += [failure.problem.failure_class for failure in failures(report)]
    return next(iter(told), EXIT_CLASSES.get(report.exit_code, "failed"))


def _gathered(report: Report, told: Telling) -> tuple[Failure, ...]:
    known = _known(report)
    found: dict[Failure, list[str]] = {}
    for row in rows(report):
        for step in row.steps:
            for failure in told(step, known):
                found.setdefault(failure, []).append(row.name)
    return _named(found)


def _known(report: Report) -> dict[str, RevisionInfo]:
    return {info.revision: info for info in report.revisions}


def _named(found: Mapping[Failure, list[str]]) -> tuple[Failure, ...]:
    """Write down where each was met."""
    return tuple(replace(failure, where=tuple(names)) for failure, names in found.items())


def _shared(found: Iterable[Failure]) -> Iterator[Failure]:
    """Yield what several steps of a database met as one failure that names them."""
    steps: dict[Failure, list[str]] = {}
    for failure in found:
        steps.setdefault(replace(failure, step=""), []).append(failure.step)
    for failure, names in steps.items():
        yield replace(failure, step=" and ".join(dict.fromkeys(names)))


def _of(row: Row, known: Mapping[str, RevisionInfo]) -> Iterator[Failure]:
    if row.problem:
        yield _accident("", row.problem)
    for step in row.steps:
        parts = list(disproofs(step, known))
        if step.state is State.FAILED:
            parts += _unrendered(step)
        parts += _diagnosed(step, known)
        yield from parts
        if step.problem and not (parts and _only_sums_up(step.problem, step)):
            yield replace(
                _accident(step.name, placed(step.problem, known)), differences=_differences(step)
            )


def _accident(step: str, problem: Problem) -> Failure:
    """Return the problem that stopped a step, an environment or the run."""
    return Failure(where=(), step=step, problem=problem, code=rule_broken(problem, step))


def _differences(step: StepReport) -> tuple[Difference, ...]:
    return step.result.differences if isinstance(step.result, ChangeResult) else ()


def _only_sums_up(problem: Problem, step: StepReport) -> bool:
    """Tell whether a step's problem says nothing that its parts do not say better.

    The class is what tells a verdict from an accident in the middle of the test.
    """
    return problem.failure_class in _SUMS_UP or problem in set(_told(step))


def _told(step: StepReport) -> Iterator[Problem | None]:
    """Yield the problems that the parts of a step hold; a step may repeat one as its own."""
    if isinstance(step.result, RollbackResult):
        yield from (proof.problem for proof in step.result.proofs)
        yield from (leg.problem for leg in step.result.round_trip)
    if isinstance(step.result, SqlResult):
        yield from (item.problem for item in step.result.revisions)
    if isinstance(step.result, DiagnosisResult):
        yield from step.result.problems


def _diagnosed(step: StepReport, known: Mapping[str, RevisionInfo]) -> Iterator[Failure]:
    if isinstance(step.result, DiagnosisResult):
        for problem in step.result.problems:
            yield Failure(where=(), step=step.name, problem=placed(problem, known))


def _noted(step: StepReport, known: Known) -> Iterator[Failure]:
    if isinstance(step.result, DiagnosisResult):
        for note in step.result.notes:
            yield Failure(where=(), step=step.name, problem=note)
    if step.state is not State.FAILED:
        yield from _unrendered(step)
    yield from divergences(step, known)
    yield from left_out(step)


def _unrendered(step: StepReport) -> Iterator[Failure]:
    if not isinstance(step.result, SqlResult):
        return
    for item in step.result.revisions:
        if item.problem:
            yield Failure(
                where=(), step=step.name, problem=item.problem, code="unrendered-revision"
            )
