"""Run the steps of each environment in order, and keep every outcome whatever happens."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic

from alembic_ci.environments import Environment
from alembic_ci.errors import AlembicCIError, Interrupted
from alembic_ci.model import (
    DatabaseReport,
    EnvironmentReport,
    Problem,
    State,
    StatusResult,
    StepReport,
)
from alembic_ci.project.failures import WorkerDiedError, WorkerTimeoutError
from alembic_ci.project.worker import Versions
from alembic_ci.steps.alembic_command import alembic_command
from alembic_ci.steps.bindings import groups
from alembic_ci.steps.change import downgrade, upgrade
from alembic_ci.steps.context import Context, CutShort, Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.problems import interruption, problem
from alembic_ci.steps.rollback import rollback_test
from alembic_ci.steps.sql import sql
from alembic_ci.steps.stamp import stamp
from alembic_ci.steps.status import furthest_behind, status
from alembic_ci.steps.target import lasting_target

Step = Callable[[Desk], Outcomes]

_STEPS: Mapping[str, Step] = {
    "status": status,
    "sql": sql,
    "rollback-test": rollback_test,
    "upgrade": upgrade,
    "downgrade": downgrade,
    "stamp": stamp,
}
_WRITING = frozenset({"upgrade", "downgrade", "stamp"})


class Pipeline:
    """One command on any number of environments.

    A failed step stops the later steps of its environment, and the writing steps of later
    environments. *signum* is set once a signal ended the work early.
    """

    def __init__(self, context: Context, command: str, arguments: Sequence[str] = ()) -> None:
        self._context = context
        self._command = command
        self._arguments = arguments
        self._failed: str | None = None
        self.signum = 0
        self.versions: Versions | None = None

    def reports(self, environments: Sequence[Environment]) -> Iterator[EnvironmentReport]:
        """Yield one report for each environment, in order."""
        for environment in environments:
            report = self._environment(environment)
            if report.state is State.FAILED and self._failed is None:
                self._failed = environment.name
            yield report

    def _environment(self, environment: Environment) -> EnvironmentReport:
        settings = self._context.settings.for_environment(environment.name)
        context = dataclasses.replace(self._context, settings=settings)
        databases: list[DatabaseReport] = []
        failed: Problem | None = None
        try:
            for bindings in groups(context.project, environment):
                databases += self._databases(context, environment, bindings)
        except AlembicCIError as error:
            failed = self._problem(error)
        return EnvironmentReport(
            name=environment.name,
            protected=environment.protected,
            databases=tuple(databases),
            problem=failed,
        )

    def _databases(
        self, context: Context, environment: Environment, bindings: Sequence[Binding]
    ) -> list[DatabaseReport]:
        steps = {binding.label: list[StepReport]() for binding in bindings}
        reports: list[DatabaseReport] = []
        try:
            with Desk(context, environment, bindings) as desk:
                for name, step in self._steps(context):
                    for label, report in self._step(desk, name, step, steps).items():
                        steps[label].append(report)
                self.versions = desk.versions or self.versions
                reports += [self._database(desk, b, steps[b.label]) for b in bindings]
        except Interrupted as signal:  # between two steps, or while cleaning up
            self.signum = signal.signum
        return reports or [_unseen(binding, steps[binding.label]) for binding in bindings]

    def _steps(self, context: Context) -> Iterator[tuple[str, Step]]:
        if self._command == "alembic":
            yield "alembic", lambda desk: alembic_command(desk, self._arguments)
            return
        names = context.settings.steps if self._command == "run" else (self._command,)
        for name in names:
            yield name, _STEPS[name]

    def _step(
        self, desk: Desk, name: str, step: Step, before: Mapping[str, Sequence[StepReport]]
    ) -> dict[str, StepReport]:
        """Run one step on every database of a desk, unless something speaks against it."""
        reason = self._reason_to_skip(name, before)
        if reason:
            skipped = StepReport(name=name, state=State.SKIPPED, reason=reason)
            return dict.fromkeys(before, skipped)
        started = monotonic()
        outcomes = self._outcomes(desk, step)
        duration = monotonic() - started
        missing = Outcome(problem=self._problem(_not_reached(name)))
        return {label: _report(name, outcomes.get(label, missing), duration) for label in before}

    def _outcomes(self, desk: Desk, step: Step) -> Outcomes:
        try:
            return step(desk)
        except (WorkerDiedError, WorkerTimeoutError) as error:
            desk.break_off()
            failed = self._problem(error)
        except AlembicCIError as error:
            desk.close_worker()
            failed = self._problem(error)
        except CutShort as signal:
            self.signum = signal.signum
            return signal.outcomes
        except Interrupted as signal:
            self.signum = signal.signum
            desk.break_off()
            failed = interruption(signal.signum)
        return {binding.label: Outcome(problem=failed) for binding in desk.bindings}

    def _reason_to_skip(self, name: str, before: Mapping[str, Sequence[StepReport]]) -> str:
        if self.signum:
            return "the run was interrupted"
        for reports in before.values():
            for report in reports:
                if report.state is State.FAILED:
                    return f"{report.name} failed"
        if self._failed and name in _WRITING:
            return f"{self._failed} failed"
        return ""

    def _database(
        self, desk: Desk, binding: Binding, steps: Sequence[StepReport]
    ) -> DatabaseReport:
        status = self._status_after(desk, binding)
        return dataclasses.replace(_unseen(binding, steps), status_after=status)

    def _status_after(self, desk: Desk, binding: Binding) -> StatusResult | None:
        try:
            return self._look(desk, binding)
        except Interrupted as signal:  # after the work; there will be no other one
            self.signum = signal.signum
            return self._look(desk, binding)

    def _look(self, desk: Desk, binding: Binding) -> StatusResult | None:
        """Look once more, from a new connection; what cannot be seen is not guessed."""
        ready = desk.readies.get(binding.label)
        if ready is None:
            return None
        places = desk.arrivals.get(binding.label) or [ready]
        forward = self._command in {"run", "status", "sql", "rollback-test", "upgrade"}
        target = lasting_target(desk.context) if forward else "heads"
        try:
            with desk.fresh_control(binding) as control:
                return furthest_behind(desk.context.history, places, control, target)
        except AlembicCIError:
            return None

    def _problem(self, error: AlembicCIError) -> Problem:
        context = self._context
        return problem(error, redact=context.redact, start_directory=context.start_directory)


def _report(name: str, outcome: Outcome, duration: float) -> StepReport:
    return StepReport(
        name=name,
        state=outcome.state,
        result=outcome.result,
        problem=outcome.problem,
        duration=duration,
    )


def _unseen(binding: Binding, steps: Sequence[StepReport]) -> DatabaseReport:
    """Return the report of a database that could not be looked at again."""
    return DatabaseReport(
        label=binding.label,
        dialect=binding.url.dialect.value,
        location=binding.url.location,
        steps=tuple(steps),
    )


def _not_reached(name: str) -> AlembicCIError:
    return AlembicCIError(
        f"{name} did not reach this database: env.py never migrated it.",
        meaning="env.py failed earlier, or does not know this database.",
        remedy="Compare the labels of the environment's URLs with the databases of env.py.",
    )
