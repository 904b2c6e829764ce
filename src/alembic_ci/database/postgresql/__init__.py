"""The whole catalogue of a PostgreSQL database as plain values, and what changes in it."""

from alembic_ci.database.postgresql.tracker import PostgreSQLTracker

__all__ = ["PostgreSQLTracker"]
