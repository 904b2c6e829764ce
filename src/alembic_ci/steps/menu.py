"""The steps by their names.

Each is imported when it is taken: what looks into catalogues, makes rows or examines a database is
much code, and an upgrade with nothing to do should not wait for it.
"""

from collections.abc import Callable

from alembic_ci.model import DiagnosisResult
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcomes
from alembic_ci.steps.desk import Desk

Step = Callable[[Desk], Outcomes]


def step(name: str) -> Step:  # noqa: PLR0911 - one for each step
    """Return what a step does; ``capture`` is the rollback test that proves nothing."""
    match name:
        case "status":
            from alembic_ci.steps.status import status

            return status
        case "sql":
            from alembic_ci.steps.sql import sql

            return sql
        case "capture":
            from alembic_ci.steps.capture import capture

            return capture
        case "rollback-test":
            from alembic_ci.steps.rollback import rollback_test

            return rollback_test
        case "upgrade":
            from alembic_ci.steps.upgrade import upgrade

            return upgrade
        case "downgrade":
            from alembic_ci.steps.downgrade import downgrade

            return downgrade
        case "stamp":
            from alembic_ci.steps.stamp import stamp

            return stamp
        case "doctor":
            from alembic_ci.steps.doctor import doctor

            return doctor
    raise ValueError(name)


def after_failure(desk: Desk, binding: Binding) -> DiagnosisResult | None:
    """Let the doctor examine a database right after a change of it failed."""
    from alembic_ci.steps.doctor import after_failure as examined

    return examined(desk, binding)
