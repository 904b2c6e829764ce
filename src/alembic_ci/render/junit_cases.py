"""What a run tested, as test cases: each environment, step and revision."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    ChangeResult,
    Difference,
    Problem,
    RenderedRevision,
    RevisionInfo,
    RevisionProof,
    RollbackResult,
    RoundTrip,
    SqlResult,
    State,
    StepReport,
    Verdict,
)
from alembic_ci.render.rows import Row
from alembic_ci.render.words import FUNCTIONS, VERDICTS, database_message, outcome

Known = Mapping[str, RevisionInfo]


class Ending(StrEnum):
    """How a case ended: a *failure* is the project's, an *error* is what kept us from testing."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test case; *message* is one line, *text* all there is to say, *output* goes beside."""

    group: str
    name: str
    ending: Ending = Ending.PASSED
    time: float = 0.0
    file: str = ""
    message: str = ""
    text: str = ""
    output: str = ""


def cases(row: Row, known: Known) -> Iterator[Case]:
    """Yield the cases of one database."""
    if row.problem:
        yield accident("environment", row.name, row.problem)
    told: dict[Problem, str] = {}
    for step in row.steps:
        yield _step(row, step, told)
        match step.result:
            case SqlResult(revisions=revisions):
                yield from (_rendered(row, step, item, known) for item in revisions)
            case RollbackResult(proofs=proofs, round_trip=legs):
                yield from (_proof(row, step, proof, known) for proof in proofs)
                yield from (_leg(row, step, leg) for leg in legs)
            case ChangeResult(applied=applied):
                yield from (_applied(row, step, revision, known) for revision in applied)


def accident(group: str, name: str, problem: Problem) -> Case:
    """Return the case of something that did not get as far as its steps."""
    return _failed(Case(group=group, name=name), problem)


def _step(row: Row, step: StepReport, told: dict[Problem, str]) -> Case:
    """Return the case of a step; *told* are the problems of the steps before it."""
    case = Case(group=step.name, name=f"{row.name}: {step.name}", time=step.duration)
    if step.state is State.SKIPPED:
        return replace(case, ending=Ending.SKIPPED, message=step.reason)
    if step.problem:
        first = told.setdefault(step.problem, step.name)
        failed = _failed(case, step.problem)
        return failed if first == step.name else replace(failed, text=f"See {first}.", output="")
    said = outcome(step)
    ending = Ending.FAILURE if step.state is State.FAILED else Ending.PASSED
    return replace(case, ending=ending, message=said, output=said)


def _rendered(row: Row, step: StepReport, item: RenderedRevision, known: Known) -> Case:
    way = FUNCTIONS[item.direction]
    case = _case(row, step, item.revision, f"the SQL of the {way} of {item.revision}", known)
    if not item.problem:
        return case
    if step.state is State.FAILED:
        return _failed(case, item.problem)
    return replace(case, ending=Ending.SKIPPED, message=item.problem.problem)


def _proof(row: Row, step: StepReport, proof: RevisionProof, known: Known) -> Case:
    case = _case(row, step, proof.revision, f"{proof.revision} rolls back", known)
    case = replace(case, time=proof.duration, output=_lines((*proof.losses, *proof.notices)))
    said = f"{proof.revision}: {VERDICTS[proof.verdict]}"
    match proof.verdict:
        case Verdict.PASSED:
            return case
        case Verdict.IRREVERSIBLE | Verdict.NOT_RUN:
            why = ": ".join(filter(None, (said, proof.reason)))
            return replace(case, ending=Ending.SKIPPED, message=why)
        case Verdict.FAILED | Verdict.RESIDUE | Verdict.MISSING:
            if proof.problem:
                return _failed(case, proof.problem)
            text = _lines(proof.differences)
            return replace(case, ending=Ending.FAILURE, message=said, text=text)


def _leg(row: Row, step: StepReport, leg: RoundTrip) -> Case:
    case = Case(group=step.name, name=f"{row.name}: {leg.name}", time=leg.duration)
    if leg.state is State.SKIPPED:
        return replace(case, ending=Ending.SKIPPED, message=leg.reason)
    if leg.state is State.PASSED:
        return case
    text = _lines(leg.differences)
    if leg.problem:
        return _failed(case, leg.problem, text)
    return replace(case, ending=Ending.FAILURE, message=f"{leg.name} fails", text=text)


def _applied(row: Row, step: StepReport, revision: str, known: Known) -> Case:
    return _case(row, step, revision, f"{step.name} of {revision}", known)


def _case(row: Row, step: StepReport, revision: str, name: str, known: Known) -> Case:
    info = known.get(revision)
    message = f" ({info.message})" if info and info.message else ""
    return Case(
        group=step.name,
        name=f"{row.name}: {name}{message}",
        file=info.file if info else "",
    )


def _failed(case: Case, problem: Problem, details: str = "") -> Case:
    """Tell what failed: a verdict on the project, or what kept us from one."""
    said = (
        details,
        f"{problem.file}:{problem.line or 1}" if problem.file else "",
        problem.statement or "",
        database_message(problem.code, problem.database_error),
        *problem.evidence,
        problem.meaning,
        problem.remedy,
        *(command.text for command in problem.commands),
    )
    return replace(
        case,
        ending=Ending.FAILURE if problem.exit_code is ExitCode.FAILED else Ending.ERROR,
        file=problem.file or case.file,
        message=problem.problem,
        text="\n".join(filter(None, said)),
        output=problem.output or case.output,
    )


def _lines(differences: Sequence[Difference]) -> str:
    return "\n".join(f"- {item.text}" for item in differences)
