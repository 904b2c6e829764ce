"""The whole catalogue of a PostgreSQL database as plain values, and what changes in it."""

from alembic_ci.database.postgresql.look import NAME as LOOKING_FUNCTION
from alembic_ci.database.postgresql.tracker import PostgreSQLTracker
from alembic_ci.database.postgresql.watching import (
    Tables,
    every_table,
    flush_sql,
    measured,
    tables_before,
    watch_sql,
)

__all__ = [
    "LOOKING_FUNCTION",
    "PostgreSQLTracker",
    "Tables",
    "every_table",
    "flush_sql",
    "measured",
    "tables_before",
    "watch_sql",
]
