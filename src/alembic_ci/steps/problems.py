"""Errors as problems of the report: redacted, with paths a reader can click."""

import os
import signal
import traceback
from dataclasses import replace
from pathlib import Path

from alembic_ci.database.failures import connection_lost, lock_not_obtained
from alembic_ci.errors import AlembicCIError, DatabaseUnreachableError, ExitCode
from alembic_ci.model import Problem
from alembic_ci.project.failures import Failure, ForeignError, StepFailedError
from alembic_ci.redaction import Redactor

# The failure class of a revision that is in by half.
HALF_APPLIED = "half-applied"

_OUTPUT_CHARACTERS = 6_000


def problem(error: AlembicCIError, *, redact: Redactor, start_directory: Path) -> Problem:
    """Return *error* as a value of the report."""
    failure = error.failure if isinstance(error, ForeignError) else None
    output = error.output if isinstance(error, ForeignError) else ""
    revision = error.revision if isinstance(error, StepFailedError) else None
    failure_class, exit_code = _classified(error, failure)
    usual = failure.explanation if failure else None
    return Problem(
        failure_class=failure_class,
        exit_code=exit_code,
        problem=redact(error.problem),
        meaning=redact(error.meaning or (usual.meaning if usual else "")),
        remedy=redact(error.remedy),
        revision=revision,
        file=_relative(failure, start_directory),
        line=failure.line if failure else None,
        statement=redact.sql(failure.statement) if failure and failure.statement else None,
        database_error=redact(_said(failure)) if failure else None,
        code=failure.code if failure else None,
        output=redact(output[-_OUTPUT_CHARACTERS:]),
    )


def _said(failure: Failure) -> str:
    """Join class and text of an exception; one without a text is told by its class alone."""
    if failure.message == failure.kind:
        return failure.kind
    return f"{failure.kind}: {failure.message}"


def _classified(error: AlembicCIError, failure: Failure | None) -> tuple[str, ExitCode]:
    """Tell what a retry may help from what has to be corrected, by the driver's code."""
    if failure and lock_not_obtained(failure.code or ""):
        return "lock-timeout", ExitCode.TEMPORARY
    if failure and (failure.lost or connection_lost(failure.code or "")):
        return DatabaseUnreachableError.failure_class, ExitCode.TEMPORARY
    usual = failure.explanation if failure else None
    if usual and isinstance(error, StepFailedError):
        return usual.failure_class, error.exit_code
    return error.failure_class, error.exit_code


def verdict_problem(text: str, *, failure_class: str, remedy: str, meaning: str = "") -> Problem:
    """Return the problem of a step that ran and whose result is bad; *text* holds no secret."""
    return Problem(
        failure_class=failure_class,
        exit_code=ExitCode.FAILED,
        problem=text,
        meaning=meaning,
        remedy=remedy,
    )


def _relative(failure: Failure | None, start_directory: Path) -> str | None:
    if failure is None or failure.file is None:
        return None
    return os.path.relpath(failure.file, start_directory)


def mistake(error: Exception, *, redact: Redactor) -> Problem:
    """Return the problem that is our own."""
    trace = "".join(traceback.format_exception(error))
    return Problem(
        failure_class="bug",
        exit_code=ExitCode.BUG,
        problem=redact(f"alembic-ci itself failed with {type(error).__name__}: {error}"),
        meaning="This is a mistake in alembic-ci, not in your project.",
        remedy="Please report it with the output below and that of `alembic-ci --version`.",
        output=redact(trace[-_OUTPUT_CHARACTERS:]),
    )


def interruption(signum: int) -> Problem:
    """Return the problem of a step that a signal ended."""
    name = signal.Signals(signum).name
    return Problem(
        failure_class="interrupted",
        exit_code=ExitCode.TEMPORARY,
        problem=f"The run was ended by {name} in the middle of this step.",
        meaning="Somebody cancelled the job, or it ran out of time.",
        remedy="Run it again: it goes on from where the database stands now.",
    )


def interrupted_change(signum: int) -> Problem:
    """Return the problem of a change that a signal ended, and that only Alembic knows of."""
    told = interruption(signum)
    return replace(
        told,
        meaning=f"{told.meaning} MariaDB, MySQL and SQLite may keep what the revision had done by "
        "then; PostgreSQL keeps what it had committed.",
        remedy="See with `doctor` whether a part of a revision is in, before it is run again.",
    )


def lane_died() -> Problem:
    """Return the problem of a database whose process of ours was killed."""
    return Problem(
        failure_class="worker",
        exit_code=ExitCode.FAILED,
        problem="The process of alembic-ci that worked on this database was killed.",
        meaning="The machine ran out of memory, or somebody ended it. Where the database stands "
        "is not known.",
        remedy="Look with `status`, then run again; with less memory, set --parallel lower.",
    )
