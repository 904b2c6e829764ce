"""Everything that failed, gathered from wherever the report holds it, said once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    Difference,
    Phase,
    Problem,
    Report,
    RevisionInfo,
    RevisionProof,
    RollbackResult,
    SqlResult,
    State,
    StepReport,
    Verdict,
)
from alembic_ci.render.rows import Row, rows

BROKEN = (Verdict.FAILED, Verdict.RESIDUE, Verdict.MISSING)
EXIT_CLASSES: dict[int, str] = {
    ExitCode.DIFFERENCE: "difference",
    ExitCode.FINDINGS: "findings",
    ExitCode.BUG: "bug",
}
_VERDICT = "rollback"
_DECLARE = "declare it irreversible with the comment `# alembic-ci: irreversible REASON`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure; *where* names each database it was met in (none: the whole run).

    *step* is empty where no step had begun.
    """

    where: tuple[str, ...]
    step: str
    problem: Problem
    differences: tuple[Difference, ...] = ()


def failures(report: Report) -> tuple[Failure, ...]:
    """Return the failures in the order they were met, equal ones of several databases as one."""
    known = {info.revision: info for info in report.revisions}
    found: dict[Failure, list[str]] = {}
    if report.problem:
        found[Failure(where=(), step="", problem=report.problem)] = []
    for row in rows(report):
        for failure in _of(row, known):
            found.setdefault(failure, []).append(row.name)
    return tuple(replace(failure, where=tuple(names)) for failure, names in found.items())


def notes(report: Report) -> tuple[Failure, ...]:
    """Return what did not go well and yet fails nothing: revisions without rendered SQL."""
    found: dict[Failure, list[str]] = {}
    for row in rows(report):
        for step in row.steps:
            for failure in _unrendered(step) if step.state is not State.FAILED else ():
                found.setdefault(failure, []).append(row.name)
    return tuple(replace(note, where=tuple(names)) for note, names in found.items())


def failure_class(report: Report) -> str:
    """Return one stable word for the first failure, empty when all passed."""
    if report.state is State.PASSED:
        return ""
    told = [problem.failure_class for problem in report.problems()]
    told += [failure.problem.failure_class for failure in failures(report)]
    return next(iter(told), EXIT_CLASSES.get(report.exit_code, "failed"))


def _of(row: Row, known: dict[str, RevisionInfo]) -> Iterator[Failure]:
    if row.problem:
        yield Failure(where=(), step="", problem=row.problem)
    for step in row.steps:
        parts = list(_disproofs(step, known))
        if step.state is State.FAILED:
            parts += _unrendered(step)
        yield from parts
        if step.problem and not (parts and _only_sums_up(step.problem, step)):
            yield Failure(where=(), step=step.name, problem=_placed(step.problem, known))


def _only_sums_up(problem: Problem, step: StepReport) -> bool:
    """Tell whether a step's problem says nothing that its parts do not say better.

    The class is what tells a verdict from an accident in the middle of the test.
    """
    return problem.failure_class == _VERDICT or problem in set(_told(step))


def _told(step: StepReport) -> Iterator[Problem | None]:
    """Yield the problems that the parts of a step hold; a step may repeat one as its own."""
    if isinstance(step.result, RollbackResult):
        yield from (proof.problem for proof in step.result.proofs)
    if isinstance(step.result, SqlResult):
        yield from (item.problem for item in step.result.revisions)


def _disproofs(step: StepReport, known: dict[str, RevisionInfo]) -> Iterator[Failure]:
    if not isinstance(step.result, RollbackResult):
        return
    for proof in step.result.proofs:
        if proof.verdict in BROKEN:
            yield _disproved(step.name, proof, known)


def _unrendered(step: StepReport) -> Iterator[Failure]:
    if not isinstance(step.result, SqlResult):
        return
    for item in step.result.revisions:
        if item.problem:
            yield Failure(where=(), step=step.name, problem=item.problem)


def _disproved(step: str, proof: RevisionProof, known: dict[str, RevisionInfo]) -> Failure:
    problem = proof.problem or _explained(proof)
    if problem.revision is None:
        problem = replace(problem, revision=proof.revision)
    return Failure(
        where=(), step=step, problem=_placed(problem, known), differences=proof.differences
    )


def _placed(problem: Problem, known: dict[str, RevisionInfo]) -> Problem:
    """Name the revision's file where the problem itself does not."""
    info = known.get(problem.revision or "")
    if problem.file or info is None:
        return problem
    return replace(problem, file=info.file, line=info.line)


def _explained(proof: RevisionProof) -> Problem:
    problem, meaning, remedy = _explanation(proof)
    return Problem(
        failure_class=f"rollback-{proof.verdict}",
        exit_code=ExitCode.FAILED,
        problem=problem,
        meaning=meaning,
        remedy=remedy,
        revision=proof.revision,
    )


def _explanation(proof: RevisionProof) -> tuple[str, str, str]:
    if proof.verdict is Verdict.MISSING:
        return (
            f"Revision {proof.revision} has an upgrade and no downgrade.",
            "A deploy that includes it cannot be rolled back.",
            f"Write downgrade(), or {_DECLARE}.",
        )
    if proof.verdict is Verdict.FAILED:
        return (
            f"Revision {proof.revision} failed in the rollback test.",
            "",
            "Run upgrade, downgrade and upgrade of this revision on a database of your own.",
        )
    if proof.phase is Phase.SECOND_UP:
        return (
            f"Upgrading {proof.revision} a second time gives another schema.",
            "The downgrade left something behind that changes what the upgrade does.",
            "Make downgrade() undo exactly what upgrade() does.",
        )
    return (
        f"The downgrade of {proof.revision} does not restore the schema.",
        "After up and down the schema is not what it was before.",
        f"Make downgrade() undo exactly what upgrade() does, or {_DECLARE}.",
    )
