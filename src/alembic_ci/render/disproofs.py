"""What a rollback test holds against the revisions, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    EVERY_TABLE,
    Difference,
    Phase,
    Problem,
    RevisionInfo,
    RevisionProof,
    RollbackResult,
    RoundTrip,
    State,
    StepReport,
    Verdict,
)
from alembic_ci.render.failure import Failure, placed
from alembic_ci.render.words import lacking
from alembic_ci.wording import CANNOT_GO_ON, NAME_THE_LATER, only_rows_left

BROKEN = (Verdict.FAILED, Verdict.RESIDUE, Verdict.MISSING)
DATA_LOSS = "data-loss"
DUPLICATES = "duplicates"
IMPLICIT = "implicit-default"
UNFILLED = "unfilled-tables"
_DECLARE = "declare it irreversible with the comment `# alembic-ci: irreversible REASON`"

Known = Mapping[str, RevisionInfo]


def disproofs(step: StepReport, known: Known) -> Iterator[Failure]:
    """Yield what fails the test; losses and duplicates only where the step failed for them."""
    if not isinstance(step.result, RollbackResult):
        return
    for proof in step.result.proofs:
        if proof.verdict in BROKEN:
            yield _disproved(step.name, proof, known)
        if proof.losses and _fails_for(step, DATA_LOSS):
            yield _lost(step.name, proof, known)
        if proof.duplicates and _fails_for(step, DUPLICATES):
            yield _intolerant(step.name, proof, known)
    for leg in step.result.round_trip:
        if leg.state is State.FAILED:
            yield _strayed(step.name, leg, known)


def doubts(step: StepReport, known: Known) -> Iterator[Failure]:
    """Yield what the test warns of and does not fail for, and tables without rows."""
    if not isinstance(step.result, RollbackResult):
        return
    for proof in step.result.proofs:
        if proof.losses and not _fails_for(step, DATA_LOSS):
            yield _lost(step.name, proof, known)
        if proof.duplicates and not _fails_for(step, DUPLICATES):
            yield _intolerant(step.name, proof, known)
        if proof.implicit:
            yield _implicit(step.name, proof, known)
    if step.result.unfilled:
        yield _unfilled(step.name, step.result)


def irreversibles(step: StepReport, known: Known) -> Iterator[Failure]:
    """Yield each revision that is declared impossible to roll back, with the reason."""
    if not isinstance(step.result, RollbackResult):
        return
    for proof in step.result.proofs:
        if proof.verdict is Verdict.IRREVERSIBLE:
            problem = Problem(
                failure_class="irreversible",
                exit_code=ExitCode.PASSED,
                problem=f"Revision {proof.revision} is declared impossible to roll back.",
                meaning=proof.reason,
                revision=proof.revision,
            )
            yield Failure(
                where=(), step=step.name, problem=placed(problem, known), code="irreversible"
            )


def _fails_for(step: StepReport, failure_class: str) -> bool:
    return step.problem is not None and step.problem.failure_class == failure_class


def _disproved(step: str, proof: RevisionProof, known: Known) -> Failure:
    problem = proof.problem or _explained(proof)
    if problem.revision is None:
        problem = replace(problem, revision=proof.revision)
    return Failure(
        where=(),
        step=step,
        problem=placed(problem, known),
        differences=proof.differences,
        code=_rule(proof),
    )


def _lost(step: str, proof: RevisionProof, known: Known) -> Failure:
    problem = Problem(
        failure_class=DATA_LOSS,
        exit_code=ExitCode.FAILED,
        problem=f"Revision {proof.revision} loses data.",
        meaning="In a database with real rows these values are gone; only a backup has them.",
        remedy="Copy the values to a place from which the way back restores them, or take a backup "
        "before this revision is run.",
        revision=proof.revision,
    )
    return _remark(step, problem, proof.losses, known)


def _intolerant(step: str, proof: RevisionProof, known: Known) -> Failure:
    problem = Problem(
        failure_class=DUPLICATES,
        exit_code=ExitCode.FAILED,
        problem=f"Revision {proof.revision} fails where a value is there twice.",
        meaning="The upgrade adds a unique key to a table that is there already. Whether a "
        "database holds such rows only a look at it can tell.",
        remedy="Resolve duplicates with op.execute() before op.create_unique_constraint() or "
        "op.create_index(..., unique=True), or look with SELECT ... GROUP BY ... HAVING "
        "count(*) > 1 before this revision is run.",
        revision=proof.revision,
    )
    return _remark(step, problem, proof.duplicates, known)


def _implicit(step: str, proof: RevisionProof, known: Known) -> Failure:
    problem = Problem(
        failure_class=IMPLICIT,
        exit_code=ExitCode.PASSED,
        problem=f"Revision {proof.revision} lets the server choose values for rows.",
        meaning="The column may not be NULL and has no default; other databases refuse that.",
        remedy="Give the column a server_default, or add it nullable, fill it with op.execute(), "
        "and only then op.alter_column(..., nullable=False).",
        revision=proof.revision,
    )
    return _remark(step, problem, proof.implicit, known)


def _remark(
    step: str, problem: Problem, differences: tuple[Difference, ...], known: Known
) -> Failure:
    return Failure(
        where=(),
        step=step,
        problem=placed(problem, known),
        differences=differences,
        code=problem.failure_class,
    )


def _strayed(step: str, leg: RoundTrip, known: Known) -> Failure:
    problem = leg.problem or Problem(
        failure_class="round-trip",
        exit_code=ExitCode.FAILED,
        problem=f"The {leg.name} of all revisions failed.",
        meaning="Each revision may be right alone and the whole still fail.",
        remedy="Look at what the revisions share: objects, transactions, and state in env.py.",
    )
    return Failure(
        where=(),
        step=step,
        part=leg.name,
        problem=placed(problem, known),
        differences=leg.differences,
        code="round-trip",
    )


def _unfilled(step: str, result: RollbackResult) -> Failure:
    given_up = any(item.object == EVERY_TABLE for item in result.unfilled)
    what = lacking(result.unfilled)
    problem = Problem(
        failure_class=UNFILLED,
        exit_code=ExitCode.PASSED,
        problem=f"{what[:1].upper()}{what[1:]}, so nothing is known of what happens to rows there.",
        remedy="A statement of alembic-ci's own failed: see what the revision before it leaves "
        "behind, such as an open transaction."
        if given_up
        else "Put rows of your own into `alembic-ci-rows/<revision>.sql`.",
    )
    return Failure(where=(), step=step, problem=problem, differences=result.unfilled, code=UNFILLED)


def _rule(proof: RevisionProof) -> str:
    """Return the rule that a disproved revision breaks."""
    if proof.verdict is Verdict.MISSING:
        return "downgrade-missing"
    if only_rows_left(proof):
        return "version-rows-left"
    if proof.differences and compared_after(proof) is Phase.DOWN:
        return "rollback-residue"
    if proof.phase is Phase.SECOND_UP:
        return "upgrade-not-repeatable"
    if proof.verdict is Verdict.RESIDUE:
        return "rollback-residue"
    return "downgrade-failed" if proof.phase is Phase.DOWN else "upgrade-failed"


def compared_after(proof: RevisionProof) -> Phase:
    """Return what the differences were seen after: a second upgrade that raised has none."""
    return Phase.DOWN if proof.problem else proof.phase or Phase.DOWN


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
            f"Revision {proof.revision} has no way back: {proof.reason}.",
            "A deploy that includes it cannot be rolled back.",
            f"Write downgrade(), or {_DECLARE}.",
        )
    if proof.verdict is Verdict.FAILED:
        return (
            f"Revision {proof.revision} failed in the rollback test.",
            "",
            "Run upgrade, downgrade and upgrade of this revision on a database of your own.",
        )
    if only_rows_left(proof):
        return (
            f"After the downgrade of {proof.revision} Alembic refuses to upgrade.",
            CANNOT_GO_ON,
            NAME_THE_LATER,
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
