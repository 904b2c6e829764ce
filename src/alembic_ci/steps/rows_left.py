"""Does Alembic find its way up again from the version table that its downgrade leaves?"""

from collections.abc import Collection, Sequence

from alembic_ci.history import History
from alembic_ci.model import Difference
from alembic_ci.project.session import Session
from alembic_ci.wording import redundant_rows


def rows_left(
    session: Session, history: History, revision: str, places: Sequence[Collection[str]]
) -> tuple[Difference, ...]:
    """Return what is redundant in the version table after the downgrade of *revision*, if anything.

    Alembic writes what the revision stood on but for what other rows stand on; only newer versions,
    and only where there are no other rows, leave out what these stand on among themselves. So it is
    asked for each of *places*, the revisions that are applied, and not at all for a revision that
    does not stand on two of which one stands on the other.
    """
    if not history.covered(history.needed(revision)):
        return ()
    for applied in places:
        before = history.effective(applied)
        after = session.rows_left(revision, before)
        covered = history.covered(after)
        if covered:
            return (redundant_rows(before, after, covered, history.covering(after)),)
    return ()
