"""Whether a report has anything to tell a reviewer who did not ask."""

from alembic_ci.model import (
    ChangeResult,
    Report,
    Result,
    RollbackResult,
    SqlResult,
    StatusResult,
)
from alembic_ci.render.failures import notes, warnings


def noteworthy(report: Report) -> bool:
    """Tell whether anything failed or is doubtful, pending, rendered, proved or applied."""
    if report.exit_code or warnings(report) or notes(report):
        return True
    return any(
        _tells(result)
        for environment in report.environments
        for database in environment.databases
        for result in database.results()
    )


def _tells(result: Result) -> bool:
    match result:
        case StatusResult():
            return bool(result.pending)
        case SqlResult():
            return bool(result.revisions)
        case RollbackResult():
            return bool(result.proofs)
        case ChangeResult():
            return bool(result.applied)
        case _:
            return False
