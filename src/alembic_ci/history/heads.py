"""What to say when a history has several heads where one was meant."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from alembic_ci.errors import HistoryError
from alembic_ci.history.lineage import Edges, closure
from alembic_ci.history.revision import Revision, relative
from alembic_ci.history.soundness import named


def multiple_heads_error(
    heads: Sequence[str], oldest_first: Sequence[Revision], edges: Edges, directory: Path
) -> HistoryError:
    """Name *heads* with their files, the lines that put them in a row, and the merge command."""
    by_id = {revision.revision: revision for revision in oldest_first}
    listed = "; ".join(named(by_id[head], directory) for head in heads)
    rows = " ".join(
        _line(root, previous, directory)
        for previous, head in pairwise(heads)
        for root in _roots(previous, head, oldest_first, edges)
    )
    return HistoryError(
        f"There are {len(heads)} heads: {listed}.",
        meaning="Two changes were written after the same revision, usually on two git branches "
        "that were each fine alone. `head` means one; Alembic would apply nothing.",
        remedy=f'Join them with `alembic merge -m "merge heads" {" ".join(heads)}` and commit '
        f"the new file; or put them in a row: {rows} If all of them are meant, use the target "
        "heads.",
    )


def _roots(
    previous: str, head: str, oldest_first: Sequence[Revision], edges: Edges
) -> list[Revision]:
    """Return the first revisions of *head*'s side that *previous* does not have."""
    below = closure(edges, [previous])
    side = closure(edges, [head]) - below
    return [
        revision
        for revision in oldest_first
        if revision.revision in side and not side & set(revision.down_revisions)
    ]


def _line(root: Revision, previous: str, directory: Path) -> str:
    place = f"{relative(root.path, directory)}:{root.parent_line}"
    return f'in {place} set down_revision = "{previous}".'
