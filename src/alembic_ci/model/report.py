"""The report of one run: environments, their databases, and the steps on each."""

from collections.abc import Iterator
from dataclasses import dataclass

from alembic_ci.errors import ExitCode
from alembic_ci.model.change import ChangeResult, TextResult
from alembic_ci.model.diagnosis import DiagnosisResult
from alembic_ci.model.problem import Problem
from alembic_ci.model.rollback import RollbackResult
from alembic_ci.model.sql import SqlResult
from alembic_ci.model.states import State
from alembic_ci.model.status import StatusResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionInfo:
    """One revision as a reader wants to see it; *file* is relative to the working directory."""

    revision: str
    message: str
    file: str
    line: int
    down_revisions: tuple[str, ...]
    depends_on: tuple[str, ...]
    branch_labels: tuple[str, ...]


Result = StatusResult | SqlResult | RollbackResult | ChangeResult | DiagnosisResult | TextResult


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """One step on one database; *reason* says why it was skipped, *duration* is in seconds."""

    name: str
    state: State
    result: Result | None = None
    problem: Problem | None = None
    reason: str = ""
    duration: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReport:
    """Everything that happened to one database.

    *label* tells databases of one environment apart ("" when there is one), *location* is the URL
    without user and password, *status_after* is read from a new connection when all is done.
    """

    label: str
    dialect: str
    location: str
    steps: tuple[StepReport, ...]
    status_after: StatusResult | None = None

    @property
    def state(self) -> State:
        """Failed when any step failed, skipped when none ran."""
        return _worst(step.state for step in self.steps)

    def results(self) -> Iterator[Result]:
        """Yield what the steps brought back, in order."""
        return (step.result for step in self.steps if step.result is not None)

    def problems(self) -> Iterator[Problem]:
        """Yield every step's problem, in order."""
        return (step.problem for step in self.steps if step.problem is not None)

    def revisions(self) -> Iterator[str]:
        """Yield every revision that is spoken of, with repetitions."""
        results = [*self.results(), *([self.status_after] if self.status_after else [])]
        for result in results:
            match result:
                case StatusResult():
                    yield from (*result.current, *result.heads, *result.pending)
                case SqlResult():
                    yield from (item.revision for item in result.revisions)
                case RollbackResult():
                    yield from (proof.revision for proof in result.proofs)
                case ChangeResult():
                    yield from (*result.before, *result.after, *result.applied)
                case DiagnosisResult():
                    yield from result.current
                    yield from (p.revision for p in result.problems if p.revision)
                case TextResult():
                    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentReport:
    """One environment; *problem* is set when it failed before any database was reached.

    *reason* says why there is no database to work on.
    """

    name: str
    protected: bool
    databases: tuple[DatabaseReport, ...]
    problem: Problem | None = None
    reason: str = ""

    @property
    def state(self) -> State:
        """Failed when the environment or any of its databases failed."""
        if self.problem:
            return State.FAILED
        return _worst(database.state for database in self.databases)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectInfo:
    """The Alembic project and the versions its own interpreter runs."""

    config: str
    script_location: str
    python: str = ""
    alembic: str = ""
    sqlalchemy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run of the tool; *problem* is set when it failed before any environment was known."""

    command: str
    tool_version: str
    started_at: str
    duration: float
    exit_code: int
    project: ProjectInfo | None
    revisions: tuple[RevisionInfo, ...]
    environments: tuple[EnvironmentReport, ...]
    problem: Problem | None = None

    @property
    def state(self) -> State:
        """Passed only when the exit code says so."""
        return State.PASSED if self.exit_code == ExitCode.PASSED else State.FAILED

    def problems(self) -> Iterator[Problem]:
        """Yield every problem of the run, the most general first."""
        if self.problem:
            yield self.problem
        for environment in self.environments:
            if environment.problem:
                yield environment.problem
            for database in environment.databases:
                yield from database.problems()

    def revision(self, revision: str) -> RevisionInfo | None:
        """Return what is known of a revision, if the project has it."""
        return next((info for info in self.revisions if info.revision == revision), None)


def _worst(states: Iterator[State]) -> State:
    """Return failed before passed before skipped; nothing at all counts as skipped."""
    seen = set(states)
    return next((state for state in (State.FAILED, State.PASSED) if state in seen), State.SKIPPED)
