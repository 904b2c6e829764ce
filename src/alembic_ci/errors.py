"""Failures we can explain; any other exception is our bug."""

from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The process's exit codes; scripts and ``retry:exit_codes`` rules rely on them."""

    PASSED = 0
    FAILED = 1
    SETTINGS = 2
    DIFFERENCE = 3
    FINDINGS = 4
    TEMPORARY = 5
    REFUSED = 6
    BUG = 10


SIGNAL_BASE = 128
"""What shells add to the number of the signal that ended a process."""

_MOST_TELLING_FIRST = (
    ExitCode.BUG,
    ExitCode.REFUSED,
    ExitCode.FAILED,
    ExitCode.SETTINGS,
    ExitCode.TEMPORARY,
    ExitCode.DIFFERENCE,
    ExitCode.FINDINGS,
)


def combined(codes: Iterable[ExitCode]) -> ExitCode:
    """Return the one exit code that speaks for several databases."""
    seen = set(codes)
    return next((code for code in _MOST_TELLING_FIRST if code in seen), ExitCode.PASSED)


class AlembicCIError(Exception):
    """Something the user can fix: what happened, what it usually means, and what to do about it.

    ``failure_class`` is a stable, machine-readable word (the ``failure-class`` output).
    None of the texts may hold a secret.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    failure_class: ClassVar[str] = "failed"

    def __init__(self, problem: str, *, remedy: str, meaning: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.meaning = meaning
        self.remedy = remedy


class SettingsError(AlembicCIError):
    """A flag, a variable or a configuration file is wrong or missing."""

    exit_code = ExitCode.SETTINGS
    failure_class = "settings"


class ProjectError(AlembicCIError):
    """The Alembic project cannot be found, read or imported."""

    exit_code = ExitCode.SETTINGS
    failure_class = "project"


class HistoryError(AlembicCIError):
    """The revision files do not make one sound history."""

    exit_code = ExitCode.FAILED
    failure_class = "history"


class DatabaseUnreachableError(AlembicCIError):
    """No answer from the database; a retry may help."""

    exit_code = ExitCode.TEMPORARY
    failure_class = "unreachable"


class DatabaseAccessError(AlembicCIError):
    """The server answered and refused: wrong password, no such database, no privilege."""

    exit_code = ExitCode.SETTINGS
    failure_class = "access-denied"


class ScratchError(AlembicCIError):
    """No throw-away database could be had, so nothing can be proved."""

    exit_code = ExitCode.SETTINGS
    failure_class = "no-scratch-database"


class RefusedError(AlembicCIError):
    """Going on could hurt: a protected environment, or a target nobody asked for."""

    exit_code = ExitCode.REFUSED
    failure_class = "refused"


class PlanChangedError(RefusedError):
    """What would be done is not what was reviewed."""

    failure_class = "plan-changed"


class WrongTargetError(RefusedError):
    """``env.py`` connected to a database other than the one that was meant."""

    failure_class = "wrong-target"


class WorkerError(AlembicCIError):
    """The process that runs ``env.py`` ended, hung or answered nonsense."""

    failure_class = "worker"


class HostError(AlembicCIError):
    """The CI host's API gave no answer, or none that helps; a retry may."""

    exit_code = ExitCode.TEMPORARY
    failure_class = "ci-host"


class Interrupted(BaseException):
    """A signal asked us to end; carries its number. No ordinary error: nothing may swallow it."""

    def __init__(self, signum: int) -> None:
        super().__init__(signum)
        self.signum = signum
