"""What is in the tables: a few rows of each, as texts that can be compared."""

from collections.abc import Mapping
from dataclasses import dataclass

from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.tables import Table, TableName
from alembic_ci.database.tracking import Query

MOST_ROWS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TableContents:
    """The first rows of one table, by its *key* (the primary key's columns), or by all columns.

    Values are texts, bytes in hex; None is NULL. *complete* tells that there are no more rows.
    *parents* are the tables that its foreign keys point to.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    complete: bool = True
    parents: frozenset[TableName] = frozenset()


Contents = Mapping[TableName, TableContents]


def read_contents(query: Query, source: Source, tables: Mapping[TableName, Table]) -> Contents:
    """Read at most `MOST_ROWS` rows of each table; partitions are shown with their root."""
    return {
        name: _table_contents(query, source, table)
        for name, table in tables.items()
        if not table.root and table.columns and not (table.obstacle and not table.leaves)
    }


def _table_contents(query: Query, source: Source, table: Table) -> TableContents:
    texts = [source.shown(column.type, source.quote(column.name)) for column in table.columns]
    key = [source.quote(name) for name in table.primary_key]
    order = key or [str(place + 1) for place in range(len(texts))]
    found = query(
        f"SELECT {', '.join(texts)} FROM {table.sql}"
        f" ORDER BY {', '.join(order)} LIMIT {MOST_ROWS + 1}"
    )
    rows = tuple(tuple(None if v is None else str(v) for v in row) for row in found[:MOST_ROWS])
    return TableContents(
        columns=tuple(column.name for column in table.columns),
        key=table.primary_key,
        rows=rows,
        complete=len(found) <= MOST_ROWS,
        parents=frozenset(reference.parent for reference in table.foreign_keys),
    )
