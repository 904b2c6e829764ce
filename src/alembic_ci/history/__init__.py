"""Revisions, their graph and plans, read from the files without importing them."""

from alembic_ci.history.history import History
from alembic_ci.history.revision import LONGEST_ID, Body, Revision, info, relative

__all__ = ["LONGEST_ID", "Body", "History", "Revision", "info", "relative"]
