"""Judge a change by what a new connection sees of it."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from alembic_ci.errors import AlembicCIError, DatabaseUnreachableError
from alembic_ci.history import Revision
from alembic_ci.model import ChangeResult, Direction, Problem, Retry
from alembic_ci.project.failures import ForeignError
from alembic_ci.project.session import Ready
from alembic_ci.steps.attempts import Attempt
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.half_way import End, Words, between, half_way, unknown_end
from alembic_ci.steps.locks import Locks
from alembic_ci.steps.lost_changes import dragged_back, silent_rollback
from alembic_ci.steps.problems import problem as reported
from alembic_ci.steps.stumbling import point_out
from alembic_ci.steps.verification import Health, Verification
from alembic_ci.steps.version_table import unusable, version_rows


@dataclass(slots=True)
class Course:
    """How a change went, as far as we know without looking; filled in on the way.

    *promises* are, for each database, what Alembic saw and what was to be done when each of its
    version tables was visited first, *health* what it was like before, *statements* what ran
    there. *attempt* is the last one, *retries* tell of those before, *blocked* who was in the way
    of the last. *locked_out* is the label of the database whose migration lock was not obtained,
    maybe after that of another of its version tables.
    """

    direction: Direction
    promises: dict[str, list[tuple[Ready, tuple[Revision, ...]]]] = field(default_factory=dict)
    attempt: Attempt = field(default_factory=Attempt)
    retries: list[Retry] = field(default_factory=list)
    health: dict[str, Health] = field(default_factory=dict)
    statements: dict[str, list[str]] = field(default_factory=dict)
    failed: AlembicCIError | None = None
    blocked: tuple[str, ...] = ()
    locked_out: str | None = None

    @property
    def lasting(self) -> set[str]:
        """The revisions that committed something themselves, as far as they came to their end."""
        return {name for visit in self.attempt.visits for name in visit.session.lasting}

    @property
    def rests(self) -> str | None:
        """The label of the database whose revisions were all done when env.py was last heard of."""
        last = self.attempt.visits[-1:]
        return last[0].binding.label if last and not last[0].next else None

    @property
    def running(self) -> str:
        """The revision that env.py was at, "" for none."""
        return self.attempt.visits[-1].next if self.attempt.visits else ""

    def unrecorded(self, result: ChangeResult) -> tuple[str, ...]:
        """Return what was run last, has committed something, and whose version row is lost."""
        begun = self.attempt.visits[-1].begun
        return tuple(n for n in begun if n in self.lasting and n not in result.applied)

    def ended_in(self, binding: Binding) -> str:
        """Return the revision of a database at which a failed change stood, "" for none."""
        last = self.attempt.visits[-1:]
        return last[0].next if last and last[0].binding.label == binding.label else ""


class Judge:
    """Says what came of a change."""

    def __init__(self, desk: Desk, course: Course, locks: Locks) -> None:
        self._desk = desk
        self._course = course
        self._locks = locks

    def outcome(self, binding: Binding) -> Outcome:
        """Judge by what the version table holds, seen from a new connection.

        Where env.py goes through several schemas, the one in trouble speaks for the database,
        else the one that was furthest behind.
        """
        if binding.label not in self._course.promises and self._course.failed:
            return Outcome(problem=self._as_it_is(self._course.failed))
        try:
            results = self._results(binding)
        except DatabaseUnreachableError:
            if self._course.failed is None:
                raise
            return Outcome(
                problem=self._told(self._course.failed, unknown_end(self._course.failed))
            )
        result = max(results, key=lambda item: (not item.verified, len(item.applied)))
        if self._course.failed and self._course.ended_in(binding):
            result = results[-1]
        promises = self._course.promises[binding.label]
        kept = tuple(
            ready.place
            for (ready, _), item in zip(promises, results, strict=True)
            if item.applied and item is not result
        )
        problem = self._problem(binding, result, kept)
        if self._course.failed or binding.label not in self._course.health:
            return Outcome(result=result, problem=problem)
        return self._verified(binding, result, problem)

    def _verified(self, binding: Binding, result: ChangeResult, problem: Problem | None) -> Outcome:
        """Add what else a new connection sees after a change."""
        with self._desk.fresh_control(binding) as control:
            verification = Verification(
                before=self._course.health[binding.label],
                after=Health.of(control),
                statements=tuple(self._course.statements.get(binding.label, ())),
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
                for ready, plan in self._course.promises[binding.label]
            ]

    def _result(
        self, label: str, ready: Ready, plan: Sequence[Revision], after: tuple[str, ...]
    ) -> ChangeResult:
        history = self._desk.context.history
        before_closure, after_closure = history.closure(ready.heads), history.closure(after)
        moved = before_closure ^ after_closure
        names = [revision.revision for revision in plan]
        return ChangeResult(
            direction=self._course.direction,
            before=ready.heads,
            after=after,
            applied=tuple(name for name in names if name in moved),
            verified=after_closure == before_closure ^ set(names),
            per_migration=ready.per_migration,
            transactional=ready.transactional,
            committing=tuple(
                name
                for name in names
                if name in moved & self._course.lasting and ready.transactional
            ),
            waited=self._locks.waited(label),
            retries=tuple(self._course.retries),
        )

    def _problem(
        self, binding: Binding, result: ChangeResult, kept: tuple[str, ...]
    ) -> Problem | None:
        failed, name = self._course.failed, self._course.ended_in(binding)
        if failed and name:
            if isinstance(failed, ForeignError):
                point_out(failed, self._desk.context.history)
            end = End(
                revision=self._desk.context.history.revisions[name],
                result=result,
                dialect=binding.url.dialect,
                transactional=self._desk.readies[binding.label].transactional,
                kept=kept,
                unrecorded=self._course.unrecorded(result),
            )
            return self._told(failed, half_way(failed, end))
        if failed and binding.label == self._course.locked_out:
            return self._as_it_is(failed)
        if failed and binding.label == self._course.rests:
            return self._told(failed, between(failed, result))
        if result.verified:
            return self._stuck(binding, result.after)
        if failed:
            running = self._course.running
            return dragged_back(running, result) if running else self._as_it_is(failed)
        return silent_rollback(result.after)

    def _stuck(self, binding: Binding, after: Sequence[str]) -> Problem | None:
        """Return the problem of a change that went well, and after which none can."""
        error = unusable(self._desk, binding, after)
        return self._as_it_is(error) if error else None

    def _told(self, error: AlembicCIError, words: Words) -> Problem:
        context = self._desk.context
        shown = reported(error, redact=context.redact, start_directory=context.start_directory)
        return dataclasses.replace(
            shown,
            revision=self._course.running or None,
            problem=context.redact(words.problem),
            meaning=context.redact(" ".join(filter(None, (words.meaning, self._in_the_way())))),
            remedy=context.redact(words.remedy),
        )

    def _as_it_is(self, error: AlembicCIError) -> Problem:
        return self._told(error, Words(error.problem, error.meaning, error.remedy))

    def _in_the_way(self) -> str:
        return f"In the way: {'; '.join(self._course.blocked)}." if self._course.blocked else ""
