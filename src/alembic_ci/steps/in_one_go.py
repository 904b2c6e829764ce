"""A revision that passes alone and fails in one go with the others, in words."""

from collections.abc import Sequence

from alembic_ci.model import Phase, RevisionProof, Verdict
from alembic_ci.project.failures import StepFailedError

_PROBLEMS = {
    Phase.UP: "Revision {} fails when all are applied in one go.",
    Phase.DOWN: "The downgrade of revision {} fails when all are taken back in one go.",
    Phase.SECOND_UP: "Revision {} fails when all are applied again in one go.",
}
_SHARED = (
    "Look at what it shares with the others: objects and rows that another makes or takes away, "
    "the transaction, and what a SET changes for the whole session."
)


def told_in_one_go(
    error: StepFailedError, phase: Phase, proofs: Sequence[RevisionProof]
) -> StepFailedError:
    """Return *error* saying that the revision passes alone, and what may be behind it.

    What other revisions leave or take is the first thing to mend.
    """
    said = error.retold()
    said.problem = _PROBLEMS[phase].format(error.revision)
    usual = error.failure.explanation if error.failure else None
    said.remedy = usual.remedy if usual else _SHARED
    alone = usual.meaning if usual else "Alone it passes."
    wrong = [proof.revision for proof in proofs if proof.verdict is Verdict.RESIDUE]
    if phase is not Phase.UP and wrong:
        does = "does" if len(wrong) == 1 else "do"
        alone = f"Alone it passes; {', '.join(wrong)} {does} not restore the schema."
        said.remedy = f"Correct {', '.join(wrong)} first: this failure may be gone with it."
    said.meaning = " ".join(filter(None, (said.meaning, alone)))
    return said
