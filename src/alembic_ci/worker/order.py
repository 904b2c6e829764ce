"""Let constraints and indexes come in the same order in every run.

SQLAlchemy keeps those of a table in sets, and Alembic writes them as they come out: the indexes of
a new table, and all of a table that batch mode copies. What has no hash of its own is sorted by
its address in memory, so that the SQL that runs would not be the SQL that was reviewed.
"""

from __future__ import annotations

from sqlalchemy.schema import Constraint, Index


def keep_order() -> None:
    """Give all of them one hash: a set then depends on nothing but what was put in, and when.

    They are told apart by what they are, as before; the sets are those of single tables, and small.
    """
    for kind in (Constraint, Index):
        kind.__hash__ = _same  # type: ignore[method-assign,assignment]


def _same(_: object) -> int:
    return 0
