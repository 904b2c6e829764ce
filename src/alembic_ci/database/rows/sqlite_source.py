"""SQLite, as filling tables sees it."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zlib import crc32

from alembic_ci.database.quoting import quote
from alembic_ci.database.rows.sqlite_types import type_of
from alembic_ci.database.rows.tables import (
    Check,
    Column,
    Family,
    ForeignKey,
    Table,
    TableName,
    Type,
)
from alembic_ci.database.sqlite.catalogue import (
    KeyColumn,
    Reference,
    Stored,
    TableRows,
    is_virtual,
    literal,
    stored_rows,
    table_rows,
)
from alembic_ci.database.sqlite.table_sql import TableText, table_text
from alembic_ci.database.sqlite.tokens import tokens
from alembic_ci.database.tracking import Query
from alembic_ci.urls import Dialect

_NUMERIC = {Family.INTEGER, Family.DECIMAL, Family.FLOAT}
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_HIDDEN = 1
_AMONG = " AND (lower(tbl_name) IN ({names}) OR sql LIKE 'CREATE VIRTUAL TABLE%')"
_SPELLED = "SELECT name FROM sqlite_master WHERE type = 'table' AND lower(name) IN ({names})"
_VIRTUAL = "it is a virtual table, whose module decides what a row is"


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
        partial = {row.name for row in stored if row.kind == "index" and _has_where(row.sql)}
        known = self._spellings({ref.parent for row in rows.values() for ref in row.references})
        return {
            name: _table(row, rows[name], partial, known) if name in rows else _virtual(name)
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
        return text if kind.family in _NUMERIC and _NUMBER.fullmatch(text) else literal(text)

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
    return ", ".join(literal(name.lower()) for name in names)


def _values(rows: Sequence[Sequence[str]]) -> str:
    return ", ".join(f"({', '.join(row)})" for row in rows)


def _virtual(name: str) -> Table:
    quoted = quote(Dialect.SQLITE, name)
    return Table(name=name, sql=quoted, target=quoted, columns=(), obstacle=_VIRTUAL)


def _table(
    stored: Stored, rows: TableRows, partial: Collection[str], known: Mapping[str, str]
) -> Table:
    quoted = quote(Dialect.SQLITE, stored.name)
    text = table_text(stored.sql)
    members = sorted((c for c in rows.columns if c.key_position), key=lambda c: c.key_position)
    primary = tuple(column.name for column in members)
    keys = ((primary,) if primary else (), _unique_keys(rows.keys, partial))
    return Table(
        name=stored.name,
        sql=quoted,
        target=quoted,
        columns=tuple(_columns(stored, rows, text)),
        primary_key=primary,
        keys=tuple(dict.fromkeys(key for found in keys for key in found)),
        foreign_keys=tuple(_foreign_keys(rows.references, known)),
        checks=tuple(
            Check(expression=clause.expression, columns=()) for clause in text.all("CHECK")
        ),
    )


def _columns(stored: Stored, rows: TableRows, text: TableText) -> Iterator[Column]:
    keys = [column.name for column in rows.columns if column.key_position]
    numbered = len(keys) == 1 and "WITHOUT ROWID" not in text.options
    generated = {c.column: c.expression for c in text.all("GENERATED", "AS")}
    for column in rows.columns:
        if column.hidden == _HIDDEN:
            continue
        is_key = bool(column.key_position)
        yield Column(
            name=column.name,
            type=type_of(column.type),
            nullable=not column.not_null and not is_key,
            automatic=numbered and is_key and column.type.upper() == "INTEGER",
            expression=generated.get(column.name, "NULL") if column.hidden else "",
            salt=crc32(f"{stored.name}.{column.name}".encode()) % 50,
        )


def _unique_keys(rows: Iterable[KeyColumn], partial: Collection[str]) -> list[tuple[str, ...]]:
    found = []
    for owner, group in groupby(rows, key=lambda row: row.owner):
        members = list(group)
        plain = all(member.name is not None for member in members)
        if members[0].unique and plain and owner not in partial:
            found.append(tuple(str(member.name) for member in members))
    return found


def _foreign_keys(rows: Iterable[Reference], known: Mapping[str, str]) -> Iterator[ForeignKey]:
    for _, group in groupby(rows, key=lambda row: row.number):
        members = list(group)
        parent = known.get(members[0].parent.lower(), members[0].parent)
        if all(member.target is not None for member in members):
            yield ForeignKey(
                columns=tuple(member.column for member in members),
                parent=parent,
                parent_sql=quote(Dialect.SQLITE, parent),
                targets=tuple(str(member.target) for member in members),
            )


def _has_where(sql: str) -> bool:
    return any(token.word == "WHERE" for token in tokens(sql))
