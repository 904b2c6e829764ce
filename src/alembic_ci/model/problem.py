"""A failure as the report tells it."""

from dataclasses import dataclass

from alembic_ci.errors import ExitCode


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
