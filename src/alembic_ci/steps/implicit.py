"""What MariaDB and MySQL put into columns that may not be NULL any more: an implicit default.

It is that of the type, and nobody has chosen it:
https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html
"""

from collections import Counter
from collections.abc import Sequence

from alembic_ci.database.rows import TableContents
from alembic_ci.model import Difference
from alembic_ci.statements import actions, statements
from alembic_ci.steps.required import Required
from alembic_ci.urls import Dialect

_ZEROES = "0:-. "  # all that there is in 0, 0.00, 0000-00-00 and 00:00:00


def filled(column: Required, before: TableContents, after: TableContents) -> str | None:
    """Return the implicit default that the server itself has put into rows, if it has."""
    if column.column not in after.columns:
        return None
    was, now = _values(column.column, before), _values(column.column, after)
    others = list(now - was) if column.new or was[None] else []
    value = others[0] if len(others) == 1 else None
    return value if value is not None and _implicit(column.type, value) else None


def sets(column: Required, texts: Sequence[str]) -> bool:
    """Tell whether one of the statements of a revision gives the column values."""
    return any(
        action.kind == "update"
        and action.object.casefold() == column.table.casefold()
        and column.column.casefold() in map(str.casefold, action.parts)
        for text in texts
        for piece in statements(text, Dialect.MYSQL)
        for action in actions(piece.parts, Dialect.MYSQL)
    )


def on_filled(column: Required, value: str, server: str) -> Difference:
    """Say what stands in rows for which nobody gave a value."""
    written = value if value.replace(".", "").isdigit() else f"'{value}'"
    product, place = server.partition(" ")[0], f"{column.table}.{column.column}"
    where = "of the rows that are there" if column.new else "where it is NULL"
    return Difference(
        text=f"{product} fills `{place}` {where} with {written}", object=f"column {place}"
    )


def _values(column: str, table: TableContents) -> Counter[str | None]:
    if column not in table.columns:
        return Counter()
    place = table.columns.index(column)
    return Counter(row[place] for row in table.rows)


def _implicit(declared: str, value: str) -> bool:
    return declared.startswith(f"enum('{value}'") or not value.strip(_ZEROES)
