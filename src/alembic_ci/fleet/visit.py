"""The steps on the databases of one desk, and what each of them came to."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from alembic_ci.environments import Environment
from alembic_ci.errors import AlembicCIError, DatabaseUnreachableError, ExitCode, Interrupted
from alembic_ci.fleet.resuming import Earlier
from alembic_ci.fleet.sharing import Sharing, shared
from alembic_ci.model import DatabaseReport, Problem, State, StatusResult, StepReport
from alembic_ci.plans import Plan
from alembic_ci.project.failures import WorkerDiedError, WorkerTimeoutError
from alembic_ci.project.worker import Versions
from alembic_ci.steps.alembic_command import alembic_command, writes
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context, CutShort, Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.menu import Step, after_failure, step
from alembic_ci.steps.problems import HALF_APPLIED, interrupted_change, interruption, problem
from alembic_ci.steps.review import reviewed
from alembic_ci.steps.status import furthest_behind
from alembic_ci.steps.target import lasting_target

_WRITING = frozenset({"upgrade", "downgrade", "stamp"})
_FORWARD = frozenset({"run", "status", "sql", "rollback-test", "upgrade", "plan"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is asked for: a command, the arguments of ``alembic -- ARGS``, and what failed before.

    *failed* names an earlier environment, after which nothing is written to later ones. *earlier*
    is the run that this one goes on with, *plan* what its SQL must be.
    """

    command: str
    arguments: tuple[str, ...] = ()
    failed: str = ""
    earlier: Earlier | None = None
    plan: Plan | None = None

    @property
    def forward(self) -> bool:
        """Tell whether databases are measured against the target of an upgrade."""
        return self.command in _FORWARD

    def renders(self, context: Context) -> bool:
        """Tell whether the first step has the worker render, which has reports prepared itself."""
        return context.settings.sql_offline and self.steps(context)[:1] == ("sql",)

    def steps(self, context: Context) -> tuple[str, ...]:
        """Return the names of the steps."""
        if self.command == "plan":
            return ("sql",)
        names = context.settings.steps if self.command == "run" else (self.command,)
        if self.plan:  # its SQL is held against the plan before anything is written
            return ("sql", *(name for name in names if name != "sql"))
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a desk's databases; *signum* is the signal that ended the work early."""

    reports: tuple[DatabaseReport, ...]
    signum: int = 0
    versions: Versions | None = None

    @property
    def failed(self) -> bool:
        """Tell whether any of the databases failed."""
        return any(report.state is State.FAILED for report in self.reports)


class Visit:
    """One desk, and the steps of an errand on it; a failed step stops the later ones."""

    def __init__(
        self,
        context: Context,
        environment: Environment,
        bindings: Sequence[Binding],
        errand: Errand,
        sharing: Sharing | None = None,
    ) -> None:
        self._context = context
        self._environment = environment
        self._bindings = tuple(bindings)
        self._errand = errand
        self._sharing = sharing
        self._signum = 0
        self._versions: Versions | None = None

    def run(self) -> Done:
        """Do the steps and keep every outcome, whatever happens."""
        steps = {binding.label: list[StepReport]() for binding in self._bindings}
        reports: list[DatabaseReport] = []
        try:
            with Desk(self._context, self._environment, self._bindings) as desk:
                for name in self._in_turn(desk):
                    for label, report in self._step(desk, name, steps).items():
                        steps[label].append(report)
                    self._examine(desk, steps)
                desk.dismiss_worker()
                self._put_in_order(steps)
                self._versions = desk.versions
                reports += [self._database(desk, b, steps[b.label]) for b in self._bindings]
        except Interrupted as signal:  # between two steps, or while cleaning up
            self._signum = signal.signum
        return Done(
            reports=tuple(reports or (unseen(b, steps[b.label]) for b in self._bindings)),
            signum=self._signum,
            versions=self._versions,
        )

    def _in_turn(self, desk: Desk) -> list[str]:
        """Return the steps in the order they are taken.

        The SQL of a revision that reads from the database is what the rollback test ran, so the
        test goes first, although reports tell of the SQL first.
        """
        names = list(self._errand.steps(self._context))
        offline = self._context.settings.sql_offline
        desk.records = not offline and {"sql", "rollback-test"} <= set(names)
        if desk.records and names.index("sql") < names.index("rollback-test"):
            names.remove("rollback-test")
            names.insert(names.index("sql"), "rollback-test")
        return names

    def _put_in_order(self, steps: Mapping[str, list[StepReport]]) -> None:
        for reports in steps.values():
            reports.sort(key=lambda report: self._place(report.name))

    def _place(self, name: str) -> int:
        """Return where a step stands in what was asked for; the doctor comes unasked, and last."""
        names = self._errand.steps(self._context)
        return names.index(name) if name in names else len(names)

    def _step(
        self, desk: Desk, name: str, before: Mapping[str, Sequence[StepReport]]
    ) -> dict[str, StepReport]:
        """Run one step on every database of a desk, unless something speaks against it."""
        reason = self._reason_to_skip(name, before)
        if reason:
            return dict.fromkeys(before, skipped(name, reason))
        started = monotonic()
        outcomes = self._outcomes(desk, name)
        duration = monotonic() - started
        missing = Outcome(problem=self._problem(_not_reached(name)))
        return {label: _report(name, outcomes.get(label, missing), duration) for label in before}

    def _examine(self, desk: Desk, steps: Mapping[str, list[StepReport]]) -> None:
        """Let the doctor look at the databases whose change has just failed.

        Not after a signal: there may be seconds until we are killed.
        """
        for binding in desk.bindings:
            last = steps[binding.label][-1]
            if self._signum or last.name not in _WRITING or not _worth_a_look(last.problem):
                continue
            started = monotonic()
            found = after_failure(desk, binding)
            if found and (found.problems or found.notes):
                state = State.FAILED if found.problems else State.PASSED
                duration = monotonic() - started
                report = StepReport(name="doctor", state=state, result=found, duration=duration)
                steps[binding.label].append(report)

    def _outcomes(self, desk: Desk, name: str) -> Outcomes:
        try:
            return self._taken(desk, name)
        except (WorkerDiedError, WorkerTimeoutError, DatabaseUnreachableError) as error:
            desk.break_off()  # the next step need not wait as long once more
            failed = self._problem(error)
        except AlembicCIError as error:
            desk.close_worker()
            failed = self._problem(error)
        except CutShort as signal:
            self._signum = signal.signum
            return signal.outcomes
        except Interrupted as signal:
            self._signum = signal.signum
            desk.break_off()
            half = name == "alembic" and writes(self._errand.arguments)
            failed = (interrupted_change if half else interruption)(signal.signum)
        return {binding.label: Outcome(problem=failed) for binding in desk.bindings}

    def _taken(self, desk: Desk, name: str) -> Outcomes:
        """Take the step, or its outcome from a database that is the same in all that matters."""
        if name == "alembic":
            return alembic_command(desk, self._errand.arguments)
        if name == "sql" and not self._context.settings.sql_offline and not desk.records:
            self._keep(desk, self._shared(desk, step("capture")))
        if name == "sql" and self._errand.plan:
            return reviewed(desk, step("sql"), self._errand.plan)
        if name != "rollback-test":
            return step(name)(desk)
        outcomes = self._shared(desk, step(name))
        self._keep(desk, outcomes)
        return outcomes

    def _shared(self, desk: Desk, wanted: Step) -> Outcomes:
        return shared(desk, wanted, self._sharing) if self._sharing else wanted(desk)

    def _keep(self, desk: Desk, outcomes: Outcomes) -> None:
        found = {label: outcome.recording for label, outcome in outcomes.items()}
        desk.recordings = {label: kept for label, kept in found.items() if kept}

    def _reason_to_skip(self, name: str, before: Mapping[str, Sequence[StepReport]]) -> str:
        if self._signum:
            return "the run was interrupted"
        for reports in before.values():
            for report in reports:
                earlier = self._place(report.name) < self._place(name)
                if report.state is State.FAILED and earlier:
                    return f"{report.name} failed"
        if self._errand.failed and name in _WRITING:
            return f"{self._errand.failed} failed"
        return ""

    def _database(
        self, desk: Desk, binding: Binding, steps: Sequence[StepReport]
    ) -> DatabaseReport:
        status = self._status_after(desk, binding)
        return dataclasses.replace(unseen(binding, steps), status_after=status)

    def _status_after(self, desk: Desk, binding: Binding) -> StatusResult | None:
        try:
            return self._look(desk, binding)
        except Interrupted as signal:  # after the work; there will be no other one
            self._signum = signal.signum
            return self._look(desk, binding)

    def _look(self, desk: Desk, binding: Binding) -> StatusResult | None:
        """Look once more, from a new connection; what cannot be seen is not guessed."""
        ready = desk.readies.get(binding.label)
        if ready is None:
            return None
        places = desk.arrivals.get(binding.label) or [ready]
        target = lasting_target(desk.context) if self._errand.forward else "heads"
        try:
            with desk.fresh_control(binding) as control:
                return furthest_behind(desk.context.history, places, control, target)
        except AlembicCIError:
            return None

    def _problem(self, error: AlembicCIError) -> Problem:
        context = self._context
        return problem(error, redact=context.redact, start_directory=context.start_directory)


def skipped(name: str, reason: str) -> StepReport:
    """Return the report of a step that was not taken."""
    return StepReport(name=name, state=State.SKIPPED, reason=reason)


def failed(name: str, problem: Problem) -> StepReport:
    """Return the report of a step that brought back nothing but a problem."""
    return StepReport(name=name, state=State.FAILED, problem=problem)


def unseen(binding: Binding, steps: Sequence[StepReport]) -> DatabaseReport:
    """Return the report of a database that could not be looked at again."""
    return DatabaseReport(
        label=binding.label,
        dialect=binding.url.dialect.value,
        location=binding.url.location,
        steps=tuple(steps),
    )


def _worth_a_look(failed: Problem | None) -> bool:
    """Tell whether something was tried on the database, and went wrong.

    What took too long, or used up the memory until it was killed, would do so once more on the
    doctor's scratch database.
    """
    again = {WorkerTimeoutError.failure_class, WorkerDiedError.failure_class}
    vain = {HALF_APPLIED, DatabaseUnreachableError.failure_class, *again}
    if failed is None or failed.failure_class in vain:
        return False
    return failed.exit_code in {ExitCode.FAILED, ExitCode.TEMPORARY}


def _report(name: str, outcome: Outcome, duration: float) -> StepReport:
    return StepReport(
        name=name,
        state=outcome.state,
        result=outcome.result,
        problem=outcome.problem,
        duration=duration,
    )


def _not_reached(name: str) -> AlembicCIError:
    return AlembicCIError(
        f"{name} did not reach this database: env.py never migrated it.",
        meaning="env.py failed earlier, or does not know this database.",
        remedy="Compare the labels of the environment's URLs with the databases of env.py.",
    )
