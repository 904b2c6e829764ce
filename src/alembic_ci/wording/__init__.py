"""Schema deltas in words a person understands."""

from alembic_ci.wording.residue import astray, residue

__all__ = ["astray", "residue"]
