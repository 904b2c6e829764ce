"""What a run found out, as plain values: the report is these, and nothing else."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.errors import ExitCode


class State(StrEnum):
    """How a step, a database, an environment or the whole run ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Direction(StrEnum):
    """Which way a revision is applied."""

    UP = "up"
    DOWN = "down"


class Verdict(StrEnum):
    """What the rollback test says of one revision."""

    PASSED = "passed"
    FAILED = "failed"  # up, down or the second up raised
    RESIDUE = "residue"  # down or the second up ran, but the schema is not what it was
    MISSING = "missing"  # upgrade does something and downgrade does nothing
    IRREVERSIBLE = "irreversible"  # declared impossible to roll back
    NOT_RUN = "not-run"


class Phase(StrEnum):
    """Where in up, down, up a revision failed."""

    UP = "up"
    DOWN = "down"
    SECOND_UP = "second-up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A failure in words a reader can act on, free of secrets.

    ``file`` is relative to the working directory. ``database_error`` is the driver's own text,
    ``code`` its SQLSTATE or error number. ``output`` is the tail of what env.py printed.
    """

    failure_class: str
    exit_code: ExitCode
    problem: str
    meaning: str = ""
    remedy: str = ""
    revision: str | None = None
    file: str | None = None
    line: int | None = None
    statement: str | None = None
    database_error: str | None = None
    code: str | None = None
    output: str = ""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusResult:
    """Where a database stands. *pending* is oldest first; *unknown* are ids the project lacks."""

    initialised: bool
    current: tuple[str, ...]
    heads: tuple[str, ...]
    target: str
    pending: tuple[str, ...]
    unknown: tuple[str, ...] = ()

    @property
    def up_to_date(self) -> bool:
        """Tell whether nothing is pending and nothing unknown stands in the version table."""
        return self.initialised and not self.pending and not self.unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRevision:
    """The SQL of one revision in one direction; *problem* says why there is none."""

    revision: str
    direction: Direction
    path: str
    statement_count: int
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlResult:
    """The rendered scripts; paths are relative to the working directory, *sql* is the upgrade."""

    upgrade_path: str
    downgrade_path: str
    sql: str
    sha256: str
    revisions: tuple[RenderedRevision, ...]

    @property
    def unrendered(self) -> tuple[RenderedRevision, ...]:
        """The revisions that offline mode could not render."""
        return tuple(item for item in self.revisions if item.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One object that is not as it was, in words; *object* is its stable name for tools."""

    text: str
    object: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionProof:
    """What up, down, up of one revision showed.

    *notices* are differences that do not fail it. *losses* are values of rows that the upgrade or
    the downgrade threw away; whether they fail the test is a setting. *only_with_rows* tells that
    what failed passes on empty tables.
    """

    revision: str
    verdict: Verdict
    phase: Phase | None = None
    problem: Problem | None = None
    differences: tuple[Difference, ...] = ()
    notices: tuple[Difference, ...] = ()
    losses: tuple[Difference, ...] = ()
    reason: str = ""
    only_with_rows: bool = False
    duration: float = 0.0

    @property
    def applied(self) -> bool:
        """Tell whether the revision stands in the database once its proof is over."""
        failed_up = self.verdict is Verdict.FAILED and self.phase is Phase.UP
        return self.verdict is not Verdict.NOT_RUN and (not failed_up or self.only_with_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """One leg of all revisions in one go: up, down, or up again.

    *name* is ``upgrade in one go``, ``downgrade in one go`` or ``upgrade again``. *differences*
    are against the schema that it should have led to; *reason* says why it was not run.
    """

    name: str
    state: State
    problem: Problem | None = None
    differences: tuple[Difference, ...] = ()
    reason: str = ""
    duration: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackResult:
    """The rollback test of one database; *scratch* says in words where it ran.

    *rows* is how many rows each table held, *unfilled* the tables that could not be given any.
    """

    scratch: str
    scope: str
    proofs: tuple[RevisionProof, ...]
    round_trip: tuple[RoundTrip, ...] = ()
    rows: int = 0
    unfilled: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResult:
    """What upgrade, downgrade or stamp did; *applied* is in the order of execution."""

    direction: Direction
    before: tuple[str, ...]
    after: tuple[str, ...]
    applied: tuple[str, ...]
    verified: bool
    per_migration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """What a foreign command printed (``alembic -- ARGS``), redacted."""

    text: str


Result = StatusResult | SqlResult | RollbackResult | ChangeResult | TextResult


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
                case TextResult():
                    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentReport:
    """One environment; *problem* is set when it failed before any database was reached."""

    name: str
    protected: bool
    databases: tuple[DatabaseReport, ...]
    problem: Problem | None = None

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
