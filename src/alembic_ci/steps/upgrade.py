"""Apply what is pending, unless it is known beforehand that it would do harm."""

from alembic_ci.steps import change
from alembic_ci.steps.context import Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.gate import held_back
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.target import upgrade_target


def upgrade(desk: Desk) -> Outcomes:
    """Upgrade and verify."""
    refuse_unless_allowed(desk.environment, desk.context.variables)
    with desk.locked():
        refused = held_back(desk, upgrade_target(desk.context))
        return refused or change.upgrade(desk)
