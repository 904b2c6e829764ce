"""Columns of old tables that may not be NULL from now on, and have no default."""

from collections.abc import Iterator
from typing import NamedTuple

from alembic_ci.delta import Delta, columns_of

_HAVE_A_VALUE = frozenset(["default", "generated", "auto increment"])


class Required(NamedTuple):
    """A column; *type* is as the catalogue writes it, *new* tells that it was not there before."""

    table: str
    column: str
    type: str
    new: bool


def required(delta: Delta) -> Iterator[Required]:
    """Yield the columns of old tables that may not be NULL from now on, and have no default."""
    made = {k.name for k, c in delta.changes.items() if k.kind == "table" and c.before is None}
    for column in columns_of(delta):
        key, before, after = column.key, column.before, column.after
        if key.parent in made or after.get("nullable") != "NOT NULL":
            continue
        nullable = before is None or before["nullable"] == "NULL"
        if nullable and _HAVE_A_VALUE.isdisjoint(after):
            yield Required(key.parent, key.name, after["type"], new=before is None)
