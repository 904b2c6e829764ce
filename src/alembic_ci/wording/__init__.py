"""Schema deltas, and what is left in version tables, in words a person understands."""

from alembic_ci.wording.residue import astray, residue
from alembic_ci.wording.version_rows import (
    CANNOT_GO_ON,
    NAME_THE_LATER,
    only_rows_left,
    redundant_rows,
)

__all__ = [
    "CANNOT_GO_ON",
    "NAME_THE_LATER",
    "astray",
    "only_rows_left",
    "redundant_rows",
    "residue",
]
