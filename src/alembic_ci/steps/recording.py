"""What revisions executed on a scratch database, kept for their SQL."""

from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution
from alembic_ci.project.session import Stepped


class Recording:
    """The first run of each revision in each direction; *reason* says why some may be missing."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        self._runs: dict[tuple[str, Direction], tuple[Execution, ...]] = {}

    def note(self, revision: str, direction: Direction, stepped: Stepped) -> None:
        """Keep what a step executed; later runs of the same step change nothing."""
        self._runs.setdefault((revision, direction), stepped.executions)

    def of(self, revision: str, direction: Direction) -> tuple[Execution, ...] | None:
        """Return what a revision executed; None when it did not run."""
        return self._runs.get((revision, direction))
