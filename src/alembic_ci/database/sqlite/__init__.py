"""SQLite's catalogue as plain values, and what each step changed in it."""

from alembic_ci.database.sqlite.tracker import SQLiteTracker

__all__ = ["SQLiteTracker"]
