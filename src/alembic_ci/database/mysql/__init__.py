"""The catalogue of MariaDB and MySQL as plain values, and what each step changed in it."""

from alembic_ci.database.mysql.rehearsal import Rehearsal
from alembic_ci.database.mysql.tracker import MySQLTracker

__all__ = ["MySQLTracker", "Rehearsal"]
