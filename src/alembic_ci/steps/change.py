"""Upgrade, downgrade and stamp: change a real database, then look at it from a new connection."""

import time
from collections.abc import Callable, Sequence

from alembic_ci.database.failures import StatementError
from alembic_ci.database.locking import LockError, LockLostError
from alembic_ci.errors import (
    AlembicCIError,
    DatabaseUnreachableError,
    Interrupted,
    PlanChangedError,
    SettingsError,
)
from alembic_ci.history import Revision
from alembic_ci.model import Direction, Retry
from alembic_ci.project.failures import (
    EnvError,
    ForeignError,
    StepFailedError,
    WorkerDiedError,
    WorkerTimeoutError,
)
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.attempts import Attempt, refuse_disturbed, refuse_unreviewed
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import CutShort, Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.half_way import ConcurrentChangeError, ended
from alembic_ci.steps.judging import Course, Judge
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.retrying import passing, pause, told
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.verification import Health
from alembic_ci.steps.version_table import refuse_unusable

Plan = Callable[[Sequence[str]], tuple[Revision, ...]]


def upgrade(desk: Desk) -> Outcomes:
    """Apply what is pending, in the project's own transaction mode, and verify it."""
    target = upgrade_target(desk.context)

    def plan(current: Sequence[str]) -> tuple[Revision, ...]:
        return desk.context.history.upgrade_plan(current, target)

    return _Change(desk, Direction.UP, target, plan).run()


def downgrade(desk: Desk) -> Outcomes:
    """Take revisions back down to the target, and verify it."""
    target = required_target(desk, "downgrade")

    def plan(current: Sequence[str]) -> tuple[Revision, ...]:
        return desk.context.history.downgrade_plan(current, target)

    return _Change(desk, Direction.DOWN, target, plan).run()


def required_target(desk: Desk, command: str) -> str:
    """Return the target, which these commands never guess."""
    target = desk.context.settings.target
    if not target:
        raise SettingsError(
            f"{command} needs a target.",
            remedy="Name a revision with --target, such as -1, base or an id.",
        )
    return target


_BREAKING = (WorkerDiedError, WorkerTimeoutError, ConcurrentChangeError, PlanChangedError)


class _Change:
    """A plan applied to each database of a desk, in as many runs of env.py as it takes."""

    def __init__(self, desk: Desk, direction: Direction, target: str, plan: Plan) -> None:
        self._desk = desk
        self._direction = direction
        self._target = target
        self._plan = plan
        self._course = Course(direction)
        self._signum = 0

    def run(self) -> Outcomes:
        """Change the databases; a revision that fails is an outcome, not an accident."""
        refuse_unless_allowed(self._desk.environment, self._desk.context.variables)
        with self._desk.locked() as locks:
            try:
                self._try()
            except StepFailedError as error:
                self._course.failed = error
            except EnvError as error:
                self._behind(error)
            except (*_BREAKING, LockLostError) as error:
                self._broken_off(error)
            except LockError as error:
                self._course.attempt = Attempt()  # in the middle of nothing
                self._course.locked_out = self._desk.met_last
                self._broken_off(error)
            except Interrupted as signal:
                self._signum = signal.signum
                self._broken_off(signal)
            judge = Judge(self._desk, self._course, locks)
            concerned = filter(self._concerns, self._desk.bindings)
            outcomes = {binding.label: judge.outcome(binding) for binding in concerned}
            if "schema" in self._desk.context.settings.verify and not self._signum:
                outcomes = self._with_schemas(outcomes)
        if self._signum:
            raise CutShort(self._signum, outcomes)
        return outcomes

    def _with_schemas(self, outcomes: Outcomes) -> dict[str, Outcome]:
        # It brings everything that looks at schemas, for which most upgrades need not wait.
        from alembic_ci.steps.schema_check import with_schemas  # noqa: PLC0415

        return with_schemas(self._desk, outcomes)

    def _try(self) -> None:
        """Run env.py until it comes to its end, or fails with what another try cannot help."""
        request = Online(target=self._target, downgrade=self._direction is Direction.DOWN)
        while True:
            self._course.attempt = Attempt()
            try:
                self._desk.sessions_of(request, self._visit)
            except (StepFailedError, EnvError) as error:
                if not self._again(error):
                    raise
            else:
                return

    def _again(self, error: ForeignError) -> bool:
        """Wait and return true when the failure may be over soon and has left nothing behind."""
        desk, retries = self._desk, self._desk.context.settings.retries
        reason = passing(error.failure)
        self._course.blocked = desk.watch.seen if reason else ()
        if not reason or len(self._course.retries) >= retries:
            return False
        desk.begin_anew()
        try:
            clean = self._course.attempt.left_nothing(desk, self._direction, error)
        except (DatabaseUnreachableError, StatementError):
            return False
        if clean:
            retry = self._retry(error, reason)
            self._course.retries.append(retry)
            number = f"{len(self._course.retries)} of {retries}"
            desk.context.progress.note(f"  {told(retry)}: try {number} in {retry.pause:.1f} s")
            time.sleep(retry.pause)
        return clean

    def _retry(self, error: ForeignError, reason: str) -> Retry:
        return Retry(
            revision=error.revision if isinstance(error, StepFailedError) else None,
            code=(error.failure.code if error.failure else None) or "",
            reason=reason,
            blocked_by=tuple(map(self._desk.context.redact, self._course.blocked)),
            pause=pause(len(self._course.retries) + 1),
        )

    def _concerns(self, binding: Binding) -> bool:
        """Tell whether anything can be said of a database: env.py came to it, or could not."""
        return binding.label in self._course.promises or isinstance(self._course.failed, LockError)

    def _behind(self, error: EnvError) -> None:
        """Judge by the database when env.py fails behind the revisions, else there is no need."""
        if self._course.rests is None or len(self._course.promises) < len(self._desk.bindings):
            raise error
        self._desk.close_worker()
        self._course.failed = error

    def _broken_off(self, error: AlembicCIError | Interrupted) -> None:
        """End the worker in the middle; before any revision was to run, there is nothing to say."""
        if not self._course.promises:
            raise error
        self._desk.break_off()
        self._course.failed = ended(self._signum) if isinstance(error, Interrupted) else error

    def _visit(self, binding: Binding, session: Session) -> None:
        progress = self._desk.context.progress
        current = session.ready.heads
        refuse_unusable(self._desk, binding, current)
        plan = self._plan(current)
        visit, earlier = self._course.attempt.begin(binding, session)
        promises = self._course.promises.setdefault(binding.label, [])
        if earlier == len(promises):
            promises.append((session.ready, plan))
        refuse_unreviewed(self._desk, binding, plan)
        if plan and binding.label not in self._course.health:
            self._course.health[binding.label] = Health.of(self._desk.control(binding))
        word = "upgrade" if self._direction is Direction.UP else "downgrade"
        progress.begin(f"{word} {self._desk.title(binding)}", len(plan))
        for revision in plan:
            visit.next = revision.revision
            self._desk.check_locks(binding)
            refuse_disturbed(self._desk, visit)
            visit.begun.append(revision.revision)
            stepped = session.step(revision.revision, self._direction)
            self._course.statements.setdefault(binding.label, []).extend(stepped.statements)
            progress.advance(f"{word} {revision.revision} {revision.message}")
        visit.next = ""
