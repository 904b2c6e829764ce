"""Upgrade, downgrade and stamp: change a real database, then look at it from a new connection."""

import dataclasses
from collections.abc import Callable, Sequence

from alembic_ci.errors import (
    AlembicCIError,
    DatabaseUnreachableError,
    Interrupted,
    SettingsError,
)
from alembic_ci.history import Revision
from alembic_ci.model import ChangeResult, Direction, Problem
from alembic_ci.project.failures import (
    ForeignError,
    StepFailedError,
    WorkerDiedError,
    WorkerTimeoutError,
)
from alembic_ci.project.session import Ready, Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.context import CutShort, Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.half_way import End, Words, ended, half_way, unknown_end
from alembic_ci.steps.problems import problem, verdict_problem
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.target import upgrade_target
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


class _Change:
    """One run of env.py that applies a plan to each database of a desk."""

    def __init__(self, desk: Desk, direction: Direction, target: str, plan: Plan) -> None:
        self._desk = desk
        self._direction = direction
        self._target = target
        self._plan = plan
        self._plans: dict[str, list[tuple[Revision, ...]]] = {}
        self._failed: AlembicCIError | None = None
        self._signum = 0
        self._visited = ""
        self._running = ""

    def run(self) -> Outcomes:
        """Change the databases; a revision that fails is an outcome, not an accident."""
        refuse_unless_allowed(self._desk.environment, self._desk.context.variables)
        request = Online(target=self._target, downgrade=self._direction is Direction.DOWN)
        try:
            self._desk.sessions_of(request, self._visit)
        except StepFailedError as error:
            self._failed = error
        except (WorkerDiedError, WorkerTimeoutError) as error:
            self._broken_off(error)
        except Interrupted as signal:
            self._signum = signal.signum
            self._broken_off(signal)
        outcomes = {
            binding.label: self._outcome(binding)
            for binding in self._desk.bindings
            if binding.label in self._plans
        }
        if self._signum:
            raise CutShort(self._signum, outcomes)
        return outcomes

    def _broken_off(self, error: ForeignError | Interrupted) -> None:
        """End the worker in the middle; before any revision was to run, there is nothing to say."""
        if not self._plans:
            raise error
        self._desk.break_off()
        self._failed = ended(self._signum) if isinstance(error, Interrupted) else error

    def _visit(self, binding: Binding, session: Session) -> None:
        progress = self._desk.context.progress
        current = session.ready.heads
        refuse_unusable(self._desk, binding, current)
        plan = self._plan(current)
        self._plans.setdefault(binding.label, []).append(plan)
        self._visited = binding.label
        word = "upgrade" if self._direction is Direction.UP else "downgrade"
        progress.begin(f"{word} {self._desk.title(binding)}", len(plan))
        for revision in plan:
            self._running = revision.revision
            session.step(revision.revision, self._direction)
            progress.advance(f"{word} {revision.revision} {revision.message}")

    def _outcome(self, binding: Binding) -> Outcome:
        """Judge by what the version table holds, seen from a new connection.

        Where env.py goes through several schemas, the one in trouble speaks for the database,
        else the one that was furthest behind.
        """
        try:
            results = self._results(binding)
        except DatabaseUnreachableError:
            if self._failed is None:
                raise
            return Outcome(problem=self._told(self._failed, unknown_end(self._failed)))
        result = max(results, key=lambda item: (not item.verified, len(item.applied)))
        if self._failed and self._visited == binding.label:
            result = results[-1]
        return Outcome(result=result, problem=self._problem(binding, result))

    def _results(self, binding: Binding) -> list[ChangeResult]:
        arrivals, plans = self._desk.arrivals[binding.label], self._plans[binding.label]
        with self._desk.fresh_control(binding) as control:
            return [
                self._result(ready, plan, version_rows(control, ready))
                for ready, plan in zip(arrivals, plans, strict=False)
            ]

    def _result(
        self, ready: Ready, plan: Sequence[Revision], after: tuple[str, ...]
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
        )

    def _problem(self, binding: Binding, result: ChangeResult) -> Problem | None:
        if self._failed and self._visited == binding.label:
            end = End(
                revision=self._desk.context.history.revisions[self._running],
                result=result,
                dialect=binding.url.dialect,
                transactional=self._desk.readies[binding.label].transactional,
            )
            return self._told(self._failed, half_way(self._failed, end))
        if result.verified:
            return None
        if self._failed:
            return dragged_back(self._running, result)
        return silent_rollback(result.after)

    def _told(self, error: AlembicCIError, words: Words) -> Problem:
        context = self._desk.context
        told = problem(error, redact=context.redact, start_directory=context.start_directory)
        return dataclasses.replace(
            told,
            revision=self._running or None,
            problem=context.redact(words.problem),
            meaning=context.redact(words.meaning),
            remedy=context.redact(words.remedy),
        )


def dragged_back(failed: str, result: ChangeResult) -> Problem:
    """Return the problem of a database whose revisions all ran, and were lost with another's."""
    where = ", ".join(result.after) or "base (no revision)"
    return verdict_problem(
        f"Its own revisions ran, but the database is at {where}: revision {failed} failed "
        "in another database of this environment.",
        failure_class="migration",
        meaning="env.py migrates them in one transaction each, and rolls all of them back.",
        remedy="Correct what failed there and run again.",
    )


def silent_rollback(after: Sequence[str]) -> Problem:
    """Return the problem of a change that Alembic reported as done and that did not happen."""
    where = ", ".join(after) or "base (no revision)"
    return verdict_problem(
        f"Alembic reported success, but the database is still at {where}.",
        failure_class="silent-rollback",
        meaning="env.py's transaction was rolled back at the end: a connection used before "
        "context.configure() (SQLAlchemy 2 then begins a transaction of its own), an async "
        "run_sync() without commit, or an error that env.py swallowed.",
        remedy="Use the connection for nothing before context.configure(), or call "
        "connection.commit() after context.run_migrations().",
    )
