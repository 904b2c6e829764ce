"""A plan: what an upgrade is about to do, written down for review and held against it later."""

from alembic_ci.plans.document import Plan, PlannedDatabase, PlannedRevision

__all__ = ["Plan", "PlannedDatabase", "PlannedRevision"]
