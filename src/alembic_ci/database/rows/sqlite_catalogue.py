"""SQLite's catalogue, as far as rows depend on it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from zlib import crc32

from alembic_ci.database.quoting import quote
from alembic_ci.database.rows.sqlite_types import type_of
from alembic_ci.database.rows.tables import Check, Column, ForeignKey, Table
from alembic_ci.database.sqlite.catalogue import KeyColumn, Reference, Stored, TableRows
from alembic_ci.database.sqlite.table_sql import TableText, table_text
from alembic_ci.database.sqlite.tokens import tokens
from alembic_ci.urls import Dialect

_HIDDEN = 1  # a column that a virtual table hides
_VIRTUAL = "it is a virtual table, whose module decides what a row is"


def virtual_table(name: str) -> Table:
    """Return a table that never gets rows."""
    quoted = quote(Dialect.SQLITE, name)
    return Table(name=name, sql=quoted, target=quoted, columns=(), obstacle=_VIRTUAL)


def described(
    stored: Stored, rows: TableRows, partial: Collection[str], known: Mapping[str, str]
) -> Table:
    """Put a table together; *partial* are indexes, *known* is how parents are spelled."""
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


def has_where(sql: str) -> bool:
    """Tell whether an index leaves rows out."""
    return any(token.word == "WHERE" for token in tokens(sql))
