"""The SQL that a database is about to get."""

from dataclasses import dataclass

from alembic_ci.model.problem import Problem
from alembic_ci.model.states import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRevision:
    """The SQL of one revision in one direction; *problem* says why there is none."""

    revision: str
    direction: Direction
    path: str
    statement_count: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlResult:
    """The rendered scripts; paths are relative to the working directory, *sql* is the upgrade."""

    upgrade_path: str
    downgrade_path: str
    sql: str
    sha256: str
    revisions: tuple[RenderedRevision, ...]

    @property
    def unrendered(self) -> tuple[RenderedRevision, ...]:
        """The revisions that offline mode could not render."""
        return tuple(item for item in self.revisions if item.problem)
