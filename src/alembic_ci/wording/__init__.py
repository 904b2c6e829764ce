"""Schema deltas in words a person understands."""

from alembic_ci.wording.residue import residue

__all__ = ["residue"]
