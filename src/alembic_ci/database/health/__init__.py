"""What can be wrong with a database besides its schema: who waits for whom, what is broken."""

from alembic_ci.database.health.constraints import (
    UnvalidatedConstraint,
    unvalidated_constraints,
)
from alembic_ci.database.health.indexes import InvalidIndex, invalid_indexes
from alembic_ci.database.health.places import VersionTable, version_tables
from alembic_ci.database.health.readonly import why_read_only
from alembic_ci.database.health.sessions import OpenTransaction, Wait, open_transactions, waits

__all__ = [
    "InvalidIndex",
    "OpenTransaction",
    "UnvalidatedConstraint",
    "VersionTable",
    "Wait",
    "invalid_indexes",
    "open_transactions",
    "unvalidated_constraints",
    "version_tables",
    "waits",
    "why_read_only",
]
