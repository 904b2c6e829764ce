"""What revisions executed on a scratch database, kept for their SQL."""

from collections.abc import Mapping

from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution
from alembic_ci.project.session import Stepped
from alembic_ci.statements import Narrowed


class Recording:
    """The first run of each revision in each direction; *reason* says why some may be missing.

    *narrowed* are the columns whose types each run made narrower.
    """

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        self.narrowed: Mapping[tuple[str, Direction], tuple[Narrowed, ...]] = {}
        self._runs: dict[tuple[str, Direction], tuple[Execution, ...]] = {}

    def note(self, revision: str, direction: Direction, stepped: Stepped) -> None:
        """Keep what a step executed; later runs of the same step change nothing."""
        self._runs.setdefault((revision, direction), stepped.executions)

    def of(self, revision: str, direction: Direction) -> tuple[Execution, ...] | None:
        """Return what a revision executed; None when it did not run."""
        return self._runs.get((revision, direction))
