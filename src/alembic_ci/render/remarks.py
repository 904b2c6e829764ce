"""What a CI host may show beside the code: failures, warnings and notes, each with its place."""

from dataclasses import dataclass

from alembic_ci.model import Report
from alembic_ci.render import failures as gathered
from alembic_ci.render.failure import Failure
from alembic_ci.render.failure_text import told, whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A title and a message at a line of a file, if one is known."""

    title: str
    message: str
    file: str | None
    line: int | None


def errors(report: Report) -> tuple[Remark, ...]:
    """Return a remark for each failure."""
    return tuple(map(_remark, gathered.failures(report)))


def warnings(report: Report) -> tuple[Remark, ...]:
    """Return a remark for each thing that fails nothing and may hurt."""
    return tuple(map(_remark, gathered.warnings(report)))


def notices(report: Report) -> tuple[Remark, ...]:
    """Return a remark for each thing that is worth knowing and fails nothing."""
    return tuple(map(_remark, gathered.notes(report)))


def _remark(failure: Failure) -> Remark:
    return Remark(
        title=whereabouts(failure),
        message=told(failure),
        file=failure.problem.file,
        line=failure.problem.line,
    )
