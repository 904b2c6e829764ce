"""The project's own Alembic command line, pointed at one environment."""

from collections.abc import Sequence
from contextlib import nullcontext

from alembic_ci.errors import SettingsError
from alembic_ci.model import TextResult
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.problems import verdict_problem
from alembic_ci.steps.protection import refuse_unless_allowed

_WRITING = {"upgrade", "downgrade", "stamp", "ensure_version"}


def writes(arguments: Sequence[str]) -> bool:
    """Tell whether Alembic's command line changes a database."""
    return bool(_WRITING & set(arguments)) and "--sql" not in arguments


def alembic_command(desk: Desk, arguments: Sequence[str]) -> Outcomes:
    """Run ``alembic ARGUMENTS``; what it prints is the result."""
    if not arguments:
        raise SettingsError(
            "alembic needs arguments.", remedy="For example: alembic-ci alembic -- history"
        )
    writing = writes(arguments)
    if writing:
        refuse_unless_allowed(desk.environment, desk.context.variables)
    worker = desk.worker
    before = len(worker.output)
    with desk.locked() if writing else nullcontext():
        status = worker.command(arguments, confirm=desk.confirm)
    text = desk.context.redact(worker.output[before:])
    failed = (
        verdict_problem(
            f"alembic {arguments[0]} ended with exit status {status}.",
            failure_class="alembic-command",
            remedy="Its own message stands in the output above.",
        )
        if status
        else None
    )
    return {b.label: Outcome(result=TextResult(text=text), problem=failed) for b in desk.bindings}
