"""Rows for scratch databases: made from the catalogue, read back, compared."""

from alembic_ci.database.rows.contents import Contents, TableContents
from alembic_ci.database.rows.duplicating import Duplicate
from alembic_ci.database.rows.filling import RowFiller
from alembic_ci.database.rows.losses import Loss, losses
from alembic_ci.database.rows.reach import Reach, may_name_anything, words
from alembic_ci.database.rows.tables import Table, TableName, Unfilled

__all__ = [
    "Contents",
    "Duplicate",
    "Loss",
    "Reach",
    "RowFiller",
    "Table",
    "TableContents",
    "TableName",
    "Unfilled",
    "losses",
    "may_name_anything",
    "words",
]
