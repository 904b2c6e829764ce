"""What stays the same during a run, handed to every step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from alembic_ci.database.failures import Surroundings
from alembic_ci.errors import Interrupted
from alembic_ci.history import History
from alembic_ci.model import Problem, Result, State
from alembic_ci.project.locate import Project
from alembic_ci.project.spawn import Starter, process_variables
from alembic_ci.redaction import Redactor
from alembic_ci.settings import Settings
from alembic_ci.steps.recording import Recording
from alembic_ci.urls import DatabaseURL


def do_nothing() -> None:
    """Stand in where nothing has to be done."""


class Progress(Protocol):
    """Where a step says how far it is; long work must never look like a hang."""

    def begin(self, title: str, total: int) -> None:
        """Announce *total* things to do."""

    def advance(self, text: str) -> None:
        """One of them is done."""

    def note(self, text: str) -> None:
        """Say something worth knowing."""

    def foreign(self, line: str) -> None:
        """Pass on a line that env.py or a revision printed."""

    def finish(self) -> None:
        """Nothing more comes, whether all was done or not."""


class Silence:
    """Progress that nobody needs to see."""

    def begin(self, title: str, total: int) -> None:
        """Say nothing."""

    def advance(self, text: str) -> None:
        """Say nothing."""

    def note(self, text: str) -> None:
        """Say nothing."""

    def foreign(self, line: str) -> None:
        """Say nothing."""

    def finish(self) -> None:
        """Say nothing."""


class Aside(Silence):
    """Progress of what goes on beside the work that is shown; only what is said counts."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown

    def note(self, text: str) -> None:
        """Pass it on."""
        self._shown.note(text)

    def foreign(self, line: str) -> None:
        """Pass it on."""
        self._shown.foreign(line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One run: the project, its history and everything from outside, read once.

    *start_directory* is where the tool was started; paths in reports are relative to it.
    *processors* is how many processes may be at work at once. *prepare* is to be called when the
    worker has much to do: it loads what reports are made with, meanwhile.
    """

    settings: Settings
    project: Project
    history: History
    interpreter: Path
    variables: Mapping[str, str]
    redact: Redactor
    progress: Progress
    start_directory: Path
    report_dir: Path
    surroundings: Surroundings
    ahead: Starter
    processors: int = 1
    prepare: Callable[[], None] = do_nothing

    def worker_variables(self, url: DatabaseURL, names: Iterable[str]) -> dict[str, str]:
        """Return the environment of a child process that works on *url*, and on nothing else."""
        return process_variables(self.variables, url, names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a step found out about one database; it failed when there is a problem.

    *recording* is what revisions executed meanwhile, if that was asked for.
    """

    result: Result | None = None
    problem: Problem | None = None
    recording: Recording | None = None

    @property
    def state(self) -> State:
        """Passed unless there is a problem."""
        return State.FAILED if self.problem else State.PASSED


Outcomes = Mapping[str, Outcome]
"""The outcome for each database of a desk, by label."""


class CutShort(Interrupted):
    """A signal, with what the step it ended had done by then."""

    def __init__(self, signum: int, outcomes: Outcomes) -> None:
        super().__init__(signum)
        self.outcomes = outcomes
