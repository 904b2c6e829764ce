"""A scratch database on which one change is taken apart, statement by statement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from alembic_ci.database.failures import StatementError
from alembic_ci.model import Direction
from alembic_ci.project.executions import Execution, Kind
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Ready, Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.captured import unseen
from alembic_ci.steps.doctor.essence import Essence, essence
from alembic_ci.steps.doctor.verbs import reads_rows
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.walkers import bring_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The statements of a change as it ran here, values written out.

    *failed* is what stopped it, *unwritten* why a statement has no text, *reads* a query whose
    rows the later statements may depend on, *unseen* the lines that use the driver directly, past
    SQLAlchemy.
    """

    statements: tuple[str, ...] = ()
    failed: StepFailedError | None = None
    unwritten: str = ""
    reads: str = ""
    unseen: tuple[int, ...] = ()


class Workshop:
    """The scratch database of one binding."""

    def __init__(self, scratch: Scratch, label: str, ready: Ready) -> None:
        self._scratch = scratch
        self._ready = ready
        self.binding: Binding = next(b for b in scratch.bindings if b.label == label)

    def build(self, standing: Collection[str]) -> Essence:
        """Make the database anew, apply *standing*, and return its schema."""
        self._walked(standing, ())
        return self.state()

    def take(self, below: Collection[str], revision: str) -> tuple[Taken, Taken]:
        """Run *revision* up and down on what lies *below* it; return the statements of both."""
        taken = self._walked(below, ((revision, Direction.UP), (revision, Direction.DOWN)))
        return taken[0], taken[1] if len(taken) > 1 else Taken()

    def _walked(
        self, standing: Collection[str], steps: Sequence[tuple[str, Direction]]
    ) -> list[Taken]:
        taken: list[Taken] = []
        history = self._scratch.desk.context.history
        self._scratch.empty(self._scratch.bindings)

        def visit(binding: Binding, session: Session) -> None:
            if binding.label != self.binding.label:
                return
            bring_up(session, history, standing)
            for revision, direction in steps:
                taken.append(Taken())
                stepped = session.step(revision, direction)
                taken[-1] = _taken(stepped.executions, None)

        try:
            self._scratch.desk.sessions_of(Online(scratch=True, record=bool(steps)), visit)
        except StepFailedError as error:
            if not taken:
                raise
            taken[-1] = _taken(error.executions, error)
        return taken

    def state(self) -> Essence:
        """Return the schema as it is now."""
        with self._scratch.desk.fresh_control(self.binding) as control:
            return essence(whole_snapshot(control, self._ready), self.binding.schema)

    def run(self, statement: str) -> StatementError | None:
        """Run one statement by itself and return why it failed, if it did."""
        with self._scratch.desk.fresh_control(self.binding) as control:
            try:
                control.execute(statement)
            except StatementError as error:
                return error
        return None

    def count(self, name: str) -> int:
        """Count the rows of a table by its quoted name."""
        with self._scratch.desk.fresh_control(self.binding) as control:
            return int(control.query(f"SELECT COUNT(*) FROM {name}")[0][0] or 0)  # noqa: S608


def _taken(executions: Sequence[Execution], failed: StepFailedError | None) -> Taken:
    own = [item for item in executions if item.kind is Kind.STATEMENT and not item.version]
    return Taken(
        statements=tuple(text for item in own if not item.read for text in item.texts),
        failed=failed,
        unwritten=next((item.unwritten for item in own if item.unwritten), ""),
        reads=next(
            (text for item in own if item.read for text in item.texts if reads_rows(text)), ""
        ),
        unseen=unseen(executions),
    )
