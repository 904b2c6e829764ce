"""A failure as the report tells it."""

from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.errors import ExitCode


class Language(StrEnum):
    """Where a command is meant to be pasted."""

    SHELL = "sh"
    SQL = "sql"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One way out, ready to copy; *purpose* says in a few words what it does."""

    text: str
    purpose: str = ""
    language: Language = Language.SHELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A failure in words a reader can act on, free of secrets.

    ``file`` is relative to the working directory. ``database_error`` is the driver's own text,
    ``code`` its SQLSTATE or error number. ``output`` is the tail of what env.py printed.
    ``evidence`` is what was seen, one line each; ``commands`` are the ways out, the best first.
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
    evidence: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
