"""What a downgrade leaves in the version table that keeps Alembic from upgrading again."""

from collections.abc import Sequence

from alembic_ci.model import Difference, RevisionProof
from alembic_ci.wording.excerpts import code

_OBJECT = "rows of the version table"

CANNOT_GO_ON = (
    "The revision stands on two others, and one of these on the other. When Alembic takes it back, "
    "it writes both into the version table; every `alembic upgrade` from there ends with "
    '"overlaps with other requested revisions".'
)
NAME_THE_LATER = (
    "Let down_revision and depends_on name only the later of the two; databases that have the "
    "revision need nothing for it. Else, after such a downgrade and before the next upgrade, "
    "`stamp` what is not redundant."
)


def redundant_rows(
    before: Sequence[str], after: Sequence[str], covered: Sequence[str], covering: Sequence[str]
) -> Difference:
    """Return that a downgrade left rows *after*, where those *covered* should not be."""
    return Difference(
        text=f"downgrade leaves {_named(covered)} in the version table beside {_named(covering)}, "
        "which came after: Alembic cannot upgrade from there",
        object=_OBJECT,
        before=f"rows: {', '.join(before)}",
        after=f"rows: {', '.join(after)}",
    )


def only_rows_left(proof: RevisionProof) -> bool:
    """Tell whether a revision leaves nothing but rows of the version table."""
    return bool(proof.differences) and all(item.object == _OBJECT for item in proof.differences)


def _named(revisions: Sequence[str]) -> str:
    return ", ".join(map(code, revisions))
