"""SQLite, as filling tables sees it."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.database.rows.sqlite_catalogue import described, has_where, virtual_table
from alembic_ci.database.rows.tables import (
    Column,
    Family,
    Table,
    TableName,
    Type,
)
from alembic_ci.database.sqlite.catalogue import (
    is_virtual,
    stored_rows,
    table_rows,
)
from alembic_ci.database.tracking import Query
from alembic_ci.urls import Dialect

_NUMERIC = {Family.INTEGER, Family.DECIMAL, Family.FLOAT}
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_AMONG = " AND (lower(tbl_name) IN ({names}) OR sql LIKE 'CREATE VIRTUAL TABLE%')"
_SPELLED = "SELECT name FROM sqlite_master WHERE type = 'table' AND lower(name) IN ({names})"


@dataclass(frozen=True, slots=True)
class SQLiteSource:
    """Reads the catalogue through *query*."""

    query: Query
    version_table: str
    row_address: str = "rowid"

    @property
    def preparation(self) -> tuple[str, ...]:
        """Not to wait for the disk, 10 ms a table: nobody misses a scratch database."""
        return ("PRAGMA synchronous = OFF",)

    def tables(self, names: Collection[TableName] | None) -> Mapping[TableName, Table]:
        """Read the tables; names mean the same in any case."""
        only = "" if names is None else _AMONG.format(names=_lowered(names))
        stored = [
            row
            for row in stored_rows(lambda sql: self.query(sql + only))
            if row.table.lower() != self._version
        ]
        found = {row.name: row for row in sorted(stored) if row.kind == "table"}
        if names is not None:
            wanted = {name.lower() for name in names}
            found = {name: row for name, row in found.items() if name.lower() in wanted}
        plain = [name for name, row in found.items() if not is_virtual(row)]
        rows = table_rows(self.query, plain) if plain else {}
        partial = {row.name for row in stored if row.kind == "index" and has_where(row.sql)}
        known = self._spellings({ref.parent for row in rows.values() for ref in row.references})
        return {
            name: described(row, rows[name], partial, known)
            if name in rows
            else virtual_table(name)
            for name, row in found.items()
        }

    def _spellings(self, parents: Collection[str]) -> Mapping[str, str]:
        """Return how the tables that references name are really spelled."""
        names = self.query(_SPELLED.format(names=_lowered(parents))) if parents else ()
        return {str(name).lower(): str(name) for (name,) in names}

    @property
    def _version(self) -> str:
        return self.version_table.lower()

    def quote(self, name: str) -> str:
        """Quote a name."""
        return quote(Dialect.SQLITE, name)

    def literal(self, kind: Type, text: str) -> str:
        """Write numbers bare, so that a column without affinity holds numbers too."""
        if kind.family is Family.BINARY:
            return f"X'{text}'"
        return text if kind.family in _NUMERIC and _NUMBER.fullmatch(text) else quoted_text(text)

    def typed(self, kind: Type, literal: str) -> str:  # noqa: ARG002 - values have types, columns not
        """Return the literal as it is."""
        return literal

    def shown(self, kind: Type, expression: str) -> str:
        """Write blobs in hex, wherever they are; anything else as text."""
        binary = f"CAST({expression} AS BLOB)" if kind.family is Family.BINARY else expression
        return (
            f"CASE typeof({binary}) WHEN 'null' THEN NULL"
            f" WHEN 'blob' THEN lower(hex({expression})) ELSE CAST({expression} AS TEXT) END"
        )

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Return a plain INSERT."""
        if not columns:
            return f"INSERT INTO {table.target} DEFAULT VALUES"
        names = ", ".join(self.quote(name) for name in columns)
        return f"INSERT INTO {table.target} ({names}) VALUES {_values(rows)}"

    def together(self, statements: Sequence[str]) -> Sequence[str]:
        """Look at references at the end of a transaction.

        https://www.sqlite.org/pragma.html#pragma_defer_foreign_keys
        """
        return ("BEGIN", "PRAGMA defer_foreign_keys = ON", *statements, "COMMIT")

    def numbers(self, table: Table, column: Column, count: int) -> str:
        """Count on from the highest number."""
        highest = f"(SELECT coalesce(max({self.quote(column.name)}), 0) FROM {table.sql})"
        return " UNION ALL ".join(f"SELECT {highest} + {step + 1}" for step in range(count))


def _lowered(names: Iterable[str]) -> str:
    return ", ".join(quoted_text(name.lower()) for name in names)


def _values(rows: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"({', '.join(row)})" for row in rows)
