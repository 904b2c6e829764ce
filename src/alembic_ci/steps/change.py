"""Upgrade, downgrade and stamp: change a real database, then look at it from a new connection."""

import dataclasses
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
from alembic_ci.model import ChangeResult, Direction, Problem, Retry
from alembic_ci.project.failures import (
    EnvError,
    ForeignError,
    StepFailedError,
    WorkerDiedError,
    WorkerTimeoutError,
)
from alembic_ci.project.session import Ready, Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.attempts import Attempt, refuse_disturbed, refuse_unreviewed
from alembic_ci.steps.context import CutShort, Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.half_way import (
    ConcurrentChangeError,
    End,
    Words,
    ended,
    half_way,
    unknown_end,
)
from alembic_ci.steps.lost_changes import dragged_back, silent_rollback
from alembic_ci.steps.problems import problem as reported
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.retrying import passing, pause, told
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.verification import Health, Verification
from alembic_ci.steps.version_table import refuse_unusable, version_rows

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
    """A plan applied to each database of a desk, in as many runs of env.py as it takes.

    *promises* are, for each database, what Alembic saw and what was to be done when each of its
    version tables was visited first.
    """

    def __init__(self, desk: Desk, direction: Direction, target: str, plan: Plan) -> None:
        self._desk = desk
        self._direction = direction
        self._target = target
        self._plan = plan
        self._promises: dict[str, list[tuple[Ready, tuple[Revision, ...]]]] = {}
        self._attempt = Attempt()
        self._retries: list[Retry] = []
        self._health: dict[str, Health] = {}
        self._statements: dict[str, list[str]] = {}
        self._failed: AlembicCIError | None = None
        self._blocked: tuple[str, ...] = ()
        self._signum = 0

    def run(self) -> Outcomes:
        """Change the databases; a revision that fails is an outcome, not an accident."""
        refuse_unless_allowed(self._desk.environment, self._desk.context.variables)
        with self._desk.locked() as self._locks:
            try:
                self._try()
            except StepFailedError as error:
                self._failed = error
            except (*_BREAKING, LockLostError) as error:
                self._broken_off(error)
            except LockError as error:
                self._attempt = Attempt()  # in the middle of nothing
                self._broken_off(error)
            except Interrupted as signal:
                self._signum = signal.signum
                self._broken_off(signal)
            outcomes = {b.label: self._outcome(b) for b in self._desk.bindings if self._concerns(b)}
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
            self._attempt = Attempt()
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
        self._blocked = desk.watch.seen if reason else ()
        if not reason or len(self._retries) >= retries:
            return False
        desk.begin_anew()
        try:
            clean = self._attempt.left_nothing(desk, self._direction, error)
        except (DatabaseUnreachableError, StatementError):
            return False
        if clean:
            retry = self._retry(error, reason)
            self._retries.append(retry)
            number = f"{len(self._retries)} of {retries}"
            desk.context.progress.note(f"  {told(retry)}: try {number} in {retry.pause:.1f} s")
            time.sleep(retry.pause)
        return clean

    def _retry(self, error: ForeignError, reason: str) -> Retry:
        return Retry(
            revision=error.revision if isinstance(error, StepFailedError) else None,
            code=(error.failure.code if error.failure else None) or "",
            reason=reason,
            blocked_by=tuple(map(self._desk.context.redact, self._blocked)),
            pause=pause(len(self._retries) + 1),
        )

    def _concerns(self, binding: Binding) -> bool:
        """Tell whether anything can be said of a database: env.py came to it, or could not."""
        return binding.label in self._promises or isinstance(self._failed, LockError)

    def _broken_off(self, error: AlembicCIError | Interrupted) -> None:
        """End the worker in the middle; before any revision was to run, there is nothing to say."""
        if not self._promises:
            raise error
        self._desk.break_off()
        self._failed = ended(self._signum) if isinstance(error, Interrupted) else error

    def _visit(self, binding: Binding, session: Session) -> None:
        progress = self._desk.context.progress
        current = session.ready.heads
        refuse_unusable(self._desk, binding, current)
        plan = self._plan(current)
        visit, earlier = self._attempt.begin(binding, session)
        promises = self._promises.setdefault(binding.label, [])
        if earlier == len(promises):
            promises.append((session.ready, plan))
        refuse_unreviewed(self._desk, binding, plan)
        if plan and binding.label not in self._health:
            self._health[binding.label] = Health.of(self._desk.control(binding))
        word = "upgrade" if self._direction is Direction.UP else "downgrade"
        progress.begin(f"{word} {self._desk.title(binding)}", len(plan))
        for revision in plan:
            visit.next = revision.revision
            self._desk.check_locks(binding)
            refuse_disturbed(self._desk, visit)
            visit.begun.append(revision.revision)
            stepped = session.step(revision.revision, self._direction)
            self._statements.setdefault(binding.label, []).extend(stepped.statements)
            progress.advance(f"{word} {revision.revision} {revision.message}")

    def _outcome(self, binding: Binding) -> Outcome:
        """Judge by what the version table holds, seen from a new connection.

        Where env.py goes through several schemas, the one in trouble speaks for the database,
        else the one that was furthest behind.
        """
        if binding.label not in self._promises and self._failed:
            return Outcome(problem=self._as_it_is(self._failed))
        try:
            results = self._results(binding)
        except DatabaseUnreachableError:
            if self._failed is None:
                raise
            return Outcome(problem=self._told(self._failed, unknown_end(self._failed)))
        result = max(results, key=lambda item: (not item.verified, len(item.applied)))
        if self._failed and self._ended_in(binding):
            result = results[-1]
        problem = self._problem(binding, result)
        if self._failed or binding.label not in self._health:
            return Outcome(result=result, problem=problem)
        return self._verified(binding, result, problem)

    def _verified(self, binding: Binding, result: ChangeResult, problem: Problem | None) -> Outcome:
        """Add what else a new connection sees after a change."""
        with self._desk.fresh_control(binding) as control:
            verification = Verification(
                before=self._health[binding.label],
                after=Health.of(control),
                statements=tuple(self._statements.get(binding.label, ())),
                in_transaction=self._desk.left_in_transaction(binding, control),
            )
        return Outcome(
            result=dataclasses.replace(result, notices=verification.notices()),
            problem=problem or verification.problem(),
        )

    def _results(self, binding: Binding) -> list[ChangeResult]:
        with self._desk.fresh_control(binding) as control:
            return [
                self._result(binding.label, ready, plan, version_rows(control, ready))
                for ready, plan in self._promises[binding.label]
            ]

    def _ended_in(self, binding: Binding) -> str:
        """Return the revision of a database at which a failed change stood, "" for none."""
        last = self._attempt.visits[-1:]
        return last[0].next if last and last[0].binding.label == binding.label else ""

    def _result(
        self, label: str, ready: Ready, plan: Sequence[Revision], after: tuple[str, ...]
    ) -> ChangeResult:
        history = self._desk.context.history
        before_closure, after_closure = history.closure(ready.heads), history.closure(after)
        moved = before_closure ^ after_closure
        names = [revision.revision for revision in plan]
        return ChangeResult(
            direction=self._direction,
            before=ready.heads,
            after=after,
            applied=tuple(name for name in names if name in moved),
            verified=after_closure == before_closure ^ set(names),
            per_migration=ready.per_migration,
            transactional=ready.transactional,
            waited=self._locks.waited(label),
            retries=tuple(self._retries),
        )

    def _problem(self, binding: Binding, result: ChangeResult) -> Problem | None:
        name = self._ended_in(binding)
        if self._failed and name:
            end = End(
                revision=self._desk.context.history.revisions[name],
                result=result,
                dialect=binding.url.dialect,
                transactional=self._desk.readies[binding.label].transactional,
            )
            return self._told(self._failed, half_way(self._failed, end))
        if result.verified:
            return None
        if self._failed and not self._running():
            return self._as_it_is(self._failed)
        if self._failed:
            return dragged_back(self._running(), result)
        return silent_rollback(result.after)

    def _told(self, error: AlembicCIError, words: Words) -> Problem:
        context = self._desk.context
        shown = reported(error, redact=context.redact, start_directory=context.start_directory)
        return dataclasses.replace(
            shown,
            revision=self._running() or None,
            problem=context.redact(words.problem),
            meaning=context.redact(" ".join(filter(None, (words.meaning, self._in_the_way())))),
            remedy=context.redact(words.remedy),
        )

    def _as_it_is(self, error: AlembicCIError) -> Problem:
        return self._told(error, Words(error.problem, error.meaning, error.remedy))

    def _running(self) -> str:
        return self._attempt.visits[-1].next if self._attempt.visits else ""

    def _in_the_way(self) -> str:
        return f"In the way: {'; '.join(self._blocked)}." if self._blocked else ""
