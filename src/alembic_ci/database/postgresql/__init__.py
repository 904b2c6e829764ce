"""The whole catalogue of a PostgreSQL database as plain values, and what changes in it."""

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
    "PostgreSQLTracker",
    "Tables",
    "every_table",
    "flush_sql",
    "measured",
    "tables_before",
    "watch_sql",
]
