"""Run what is pending on a scratch database, up and down again, only to see its SQL."""

from collections.abc import Mapping

from alembic_ci.errors import AlembicCIError
from alembic_ci.history import Revision
from alembic_ci.model import Direction
from alembic_ci.project.failures import StepFailedError, WorkerDiedError, WorkerTimeoutError
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.scratch import scratch_for
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.version_table import refuse_unusable
from alembic_ci.steps.walkers import bring_up
from alembic_ci.wording.excerpts import shortened

_LONGEST = 160  # characters of a database's message

_Plans = Mapping[str, tuple[Revision, ...]]


def capture(desk: Desk) -> Outcomes:
    """Record the pending revisions of each database; what cannot be run fails nothing.

    The recording says why it is not whole: no scratch database to be had, or a revision that
    raises.
    """
    history = desk.context.history
    readies = desk.standings()
    plans: dict[str, tuple[Revision, ...]] = {}
    for binding in desk.bindings:
        heads = readies[binding.label].heads
        refuse_unusable(desk, binding, heads)
        plans[binding.label] = history.upgrade_plan(heads, upgrade_target(desk.context))
    recordings: dict[str, Recording] = {binding.label: Recording() for binding in desk.bindings}
    if any(plans.values()):
        try:
            _run(desk, plans, recordings)
        except AlembicCIError as error:
            for recording in recordings.values():
                recording.reason = desk.context.redact(_reason(error))
    return {label: Outcome(recording=recording) for label, recording in recordings.items()}


def _run(desk: Desk, plans: _Plans, recordings: dict[str, Recording]) -> None:
    history = desk.context.history
    standing = {b.label: history.closure(desk.readies[b.label].heads) for b in desk.bindings}

    def visit(binding: Binding, session: Session) -> None:
        plan = plans[binding.label]
        bring_up(session, history, standing[binding.label])
        for revision in plan:
            session.step(revision.revision, Direction.UP)
        for revision in reversed(plan):
            session.step(revision.revision, Direction.DOWN)

    with scratch_for(desk) as scratch:
        scratch.record(recordings)
        try:
            scratch.desk.sessions_of(Online(scratch=True), visit)
        except (WorkerDiedError, WorkerTimeoutError):
            scratch.desk.break_off()
            raise


def _reason(error: AlembicCIError) -> str:
    if not isinstance(error, StepFailedError):
        return error.problem
    told = error.failure.message.strip().partition("\n")[0] if error.failure else ""
    why = f": {shortened(told, _LONGEST)}" if told else ""
    return f"revision {error.revision} fails on the scratch database{why}"
