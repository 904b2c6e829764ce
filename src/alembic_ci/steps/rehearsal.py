"""Run a downgrade on scratch databases with rows, to see its SQL and what it loses."""

from collections.abc import Mapping, Sequence

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.quoting import quote
from alembic_ci.database.rows import Contents, Loss, RowFiller, losses
from alembic_ci.errors import AlembicCIError
from alembic_ci.history import Revision
from alembic_ci.model import Difference, Direction, DowngradePlan, PlannedDowngrade
from alembic_ci.project.executions import Kind
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Ready, Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.keeper import said
from alembic_ci.steps.naming import renamed
from alembic_ci.steps.scratch import Scratch, scratch_for
from alembic_ci.steps.walkers import bring_up

Plans = Mapping[str, Sequence[Revision]]


def rehearsed(desk: Desk, plans: Plans) -> dict[str, DowngradePlan]:
    """Return what each downgrade does, by label; that it cannot be known is an answer, too."""
    if not any(plans.values()):
        return {}
    try:
        with scratch_for(desk) as scratch:
            return _rehearsed(desk, scratch, plans)
    except AlembicCIError as error:
        unknown = DowngradePlan(revisions=(), unknown=desk.context.redact(error.problem))
        return {label: unknown for label, plan in plans.items() if plan}


def _rehearsed(desk: Desk, scratch: Scratch, plans: Plans) -> dict[str, DowngradePlan]:
    trials = {label: _Trial(desk, scratch, label, plan) for label, plan in plans.items() if plan}

    def visit(binding: Binding, session: Session) -> None:
        if binding.label in trials:
            trials[binding.label].visit(session)

    failed = ""
    try:
        scratch.desk.sessions_of(Online(scratch=True, record=True), visit)
    except StepFailedError as error:
        detail = f": {error.failure.message}" if error.failure else ""
        failed = desk.context.redact(f"{error.problem.rstrip('.')} on the scratch database{detail}")
    return {
        label: trial.plan(scratch.description(label), failed) for label, trial in trials.items()
    }


class _Trial:
    """The downgrade of one database on its scratch one."""

    def __init__(self, desk: Desk, scratch: Scratch, label: str, plan: Sequence[Revision]) -> None:
        self._desk = desk
        self._scratch = scratch.desk
        self._binding = next(b for b in desk.bindings if b.label == label)
        self._ours = next(b for b in scratch.bindings if b.label == label)
        self._todo = plan
        self._planned: list[PlannedDowngrade] = []
        self._unfilled = ""

    def visit(self, session: Session) -> None:
        """Bring the database up, fill it, and take back one revision after the other."""
        history, dialect = self._desk.context.history, self._binding.url.dialect
        standing = self._desk.readies[self._binding.label].heads
        bring_up(session, history, history.closure(standing))
        filler = self._filler(session.ready)
        before = self._filled(filler)
        for revision in self._todo:
            stepped = session.step(revision.revision, Direction.DOWN)
            after = filler.contents()
            texts = tuple(
                text
                for item in stepped.executions
                if item.kind is Kind.STATEMENT and not item.read and not item.version
                for text in item.texts
            )
            texts = renamed(texts, self._ours.url.database, self._binding.url.database)
            planned = PlannedDowngrade(
                revision=revision.revision,
                statements=tuple(self._desk.context.redact.sql(text, dialect) for text in texts),
                losses=tuple(self._lost(before, after)),
            )
            self._planned.append(planned)
            before = after

    def plan(self, scratch: str, failed: str) -> DowngradePlan:
        """Return what was seen."""
        whole = len(self._planned) == len(self._todo)
        unknown = self._unfilled if whole else failed or "the rehearsal did not reach it"
        return DowngradePlan(revisions=tuple(self._planned), scratch=scratch, unknown=unknown)

    def _filler(self, ready: Ready) -> RowFiller:
        return RowFiller(
            lambda: self._scratch.control(self._ours),
            rows=max(1, self._desk.context.settings.rows),
            version_table=ready.version_table,
            version_schema=ready.version_schema,
        )

    def _filled(self, filler: RowFiller) -> Contents:
        try:
            unfilled = filler.fill()
        except StatementError as error:
            self._unfilled = f"its tables could not be filled: {error.problem}"
            return {}
        if unfilled:
            named = ", ".join(item.table for item in unfilled[:3])
            self._unfilled = f"{len(unfilled)} tables could not be filled ({named})"
        return filler.contents()

    def _lost(self, before: Contents, after: Contents) -> list[Difference]:
        """Name what is lost, but for tables that hold nothing in the real database."""
        control = self._desk.control(self._binding)
        return [
            said("downgrade loses {}", loss)
            for loss in losses(before, after)
            if _holds_rows(control, loss)
        ]


def _holds_rows(control: Control, loss: Loss) -> bool:
    name = ".".join(quote(control.dialect, part) for part in loss.table.split("."))
    try:
        return bool(control.query(f"SELECT 1 FROM {name} LIMIT 1"))  # noqa: S608
    except StatementError:
        return True
