"""Does Alembic find its way up again from the version table that its downgrade leaves?"""

from collections.abc import Set as AbstractSet

from alembic_ci.history import History
from alembic_ci.model import Difference
from alembic_ci.project.session import Session
from alembic_ci.wording import redundant_rows


def rows_left(
    session: Session,
    history: History,
    revision: str,
    applied: AbstractSet[str],
    reached: AbstractSet[str],
) -> tuple[Difference, ...]:
    """Return what is redundant in the version table after the downgrade of *revision*, if anything.

    Alembic writes what the revision stood on but for what other rows stand on; only newer versions,
    and only where there are no other rows, leave out what these stand on among themselves. So it is
    asked for the rows where *applied* are there, and where all of *reached* are that do not stand
    on the revision; and not at all for one that does not stand on two of which one stands on the
    other.
    """
    if not history.covered(history.needed(revision)):
        return ()
    for place in (applied, reached - history.above(revision)):
        before = history.effective({*place, revision})
        after = session.rows_left(revision, before)
        covered = history.covered(after)
        if covered:
            return (redundant_rows(before, after, covered, history.covering(after)),)
    return ()
