"""What revisions executed on a scratch database, kept for their SQL."""

import dataclasses
from collections.abc import Iterable, Mapping

from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution
from alembic_ci.project.session import Stepped
from alembic_ci.statements import Narrowed
from alembic_ci.steps.changes import UNCHANGED, Changes
from alembic_ci.steps.naming import renamed


class Recording:
    """The first run of each revision in each direction; *reason* says why some may be missing.

    *changes* is what each revision was seen to change, *database* the name of the scratch database.
    """

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        self.changes: Mapping[str, Changes] = {}
        self.database = ""
        self._runs: dict[tuple[str, Direction], tuple[Execution, ...]] = {}

    def note(self, revision: str, direction: Direction, stepped: Stepped) -> None:
        """Keep what a step executed; later runs of the same step change nothing."""
        self._runs.setdefault((revision, direction), stepped.executions)

    def of(
        self, revision: str, direction: Direction, *, database: str
    ) -> tuple[Execution, ...] | None:
        """Return what a revision would have executed in *database*; None when it did not run."""
        run = self._runs.get((revision, direction))
        return run and tuple(self._moved(execution, database) for execution in run)

    @property
    def steps(self) -> Iterable[tuple[str, Direction]]:
        """The steps that ran."""
        return tuple(self._runs)

    def include(self, other: "Recording") -> None:
        """Keep what another one has kept of further steps, as if it had seen our database."""
        for step in other.steps:
            if run := other.of(*step, database=self.database):
                self._runs.setdefault(step, run)

    def narrowed(self, revision: str, direction: Direction) -> tuple[Narrowed, ...]:
        """Return the columns whose types a run was seen to make narrower."""
        return self.changes.get(revision, UNCHANGED).narrowed.get(direction, ())

    def _moved(self, execution: Execution, database: str) -> Execution:
        texts = renamed(execution.texts, self.database, database)
        same = texts == execution.texts
        return execution if same else dataclasses.replace(execution, texts=texts)
