"""What Alembic would write into a version table, without one."""

from __future__ import annotations

from typing import Any, List

from alembic.runtime.migration import HeadMaintainer, RevisionStep
from alembic.script import ScriptDirectory


def rows_left(script: ScriptDirectory, name: str, heads: List[str]) -> List[str]:
    """Return the rows that a downgrade of revision *name* leaves of *heads*."""
    revision: Any = script.revision_map.get_revision(name)
    rows = _Rows(heads)
    rows.update_to_step(RevisionStep(script.revision_map, revision, is_upgrade=False))
    return sorted(rows.heads)


class _Rows(HeadMaintainer):
    """Keeps the rows in mind alone; the methods have been the same from Alembic 1.8 to 1.20."""

    def __init__(self, heads: List[str]) -> None:
        self.heads = set(heads)

    def _insert_version(self, version: str) -> None:
        self.heads.add(version)

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)

    def _update_version(self, from_: str, to_: str) -> None:
        self.heads.remove(from_)
        self.heads.add(to_)
