"""What went wrong with an installation, in words of the person who wrote the lock file."""

import re
import shlex
from dataclasses import dataclass

from alembic_ci.errors import ExitCode
from alembic_ci.project.dependencies.recipes import Command
from alembic_ci.project.failures import ForeignError

_GENERAL = (
    "Correct what the last lines say. `--install none` leaves the project's dependencies to "
    "--python; `--install COMMAND` runs a command of yours instead."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hint:
    """What words of uv usually mean. uv has no codes; nothing is decided by these words."""

    words: str
    meaning: str
    remedy: str = _GENERAL


_HINTS = (
    _Hint(
        words=r"No interpreter found|No download found",
        meaning="The project wants a Python that is not here and may not be downloaded.",
        remedy="Choose another image tag, let uv download an interpreter "
        "(UV_PYTHON_DOWNLOADS=automatic), or set --python-version.",
    ),
    _Hint(
        words=r"Failed to build|build backend returned an error",
        meaning="A package has no wheel for this Python and has to be compiled here.",
        remedy="Use the image's `-full` variant, which has compilers and the headers of "
        "PostgreSQL and MySQL, or a package with wheels (psycopg2-binary, psycopg[binary], "
        "PyMySQL).",
    ),
    _Hint(
        words=r"\b40[13]\b|Unauthorized|Forbidden|Could not find credentials",
        meaning="A package index refused access.",
        remedy="Hand the index's credentials to this step: UV_INDEX_<NAME>_USERNAME and "
        "UV_INDEX_<NAME>_PASSWORD, or PIP_INDEX_URL.",
    ),
    _Hint(
        words=r"[Hh]ash mismatch",
        meaning="A package is not the one that was locked: it was replaced, or the lock is wrong.",
    ),
    _Hint(
        words=r"No solution found|not found in the package registry",
        meaning="The declared versions do not exist in the index, or exclude each other.",
    ),
    _Hint(
        words=r"dns error|error sending request|Failed to fetch|Connection refused|timed out",
        meaning="The package index cannot be reached from this job.",
    ),
)
_UNKNOWN = _Hint(words="", meaning="")


class InstallationError(ForeignError):
    """The project's dependencies cannot be installed; *output* is the end of uv's words."""

    exit_code = ExitCode.SETTINGS
    failure_class = "installation"


def failed(command: Command, output: str) -> InstallationError:
    """Return the error of a command that ended with one."""
    hint = next((hint for hint in _HINTS if re.search(hint.words, output)), _UNKNOWN)
    return InstallationError(
        f"The project's dependencies cannot be installed: `{_shown(command)}` failed.",
        meaning=hint.meaning,
        remedy=hint.remedy,
        output=output,
    )


def no_uv(program: str) -> InstallationError:
    """Return the error of a program that is not there."""
    return InstallationError(
        f"The project's dependencies cannot be installed: there is no {program} here.",
        meaning="The container brings uv; elsewhere it has to be on the PATH.",
        remedy="Install uv (`pip install uv`), or name an interpreter that has the project's "
        "dependencies with --python.",
    )


def _shown(command: Command) -> str:
    """Leave out the folder's long name; nobody types it."""
    words = shlex.join(command.words)
    return re.sub(r"\S*/alembic-ci-\d+/environment-\w+", "ENVIRONMENT", words)
