"""PostgreSQL, as filling tables sees it."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from zlib import crc32

from alembic_ci.database.postgresql.scope import VersionTable, literal
from alembic_ci.database.quoting import quote
from alembic_ci.database.rows.postgresql_catalogue import (
    columns_statement,
    constraints_statement,
    tables_statement,
)
from alembic_ci.database.rows.postgresql_types import Types
from alembic_ci.database.rows.tables import (
    Check,
    Column,
    Family,
    ForeignKey,
    Table,
    TableName,
    Type,
)
from alembic_ci.database.tracking import Query, Value
from alembic_ci.urls import Dialect

Rows = Mapping[int, Sequence[Sequence[Value]]]
_VALUE = re.compile(r"('(?:[^']|'')*')|\bVALUE\b")
_FOREIGN = "it is a foreign table, whose rows live elsewhere"
_UNPARTITIONED = "it is partitioned and has no partition"


@dataclass(frozen=True, slots=True)
class PostgreSQLSource:
    """Reads the catalogue through *query*."""

    query: Query
    version_table: VersionTable
    row_address: str = "ctid"
    preparation: tuple[str, ...] = ()

    def tables(self, names: Collection[TableName] | None) -> Mapping[TableName, Table]:
        """Read tables and foreign tables; partitions come with the table they belong to."""
        if names is not None and not names:
            return {}
        tables = self.query(tables_statement(names, self.version_table))
        if not tables:
            return {}
        numbers = [int(str(row[0])) for row in tables]
        columns = self.query(columns_statement(numbers))
        constraints = self.query(constraints_statement(numbers))
        oids = {int(str(row[2])) for row in columns}
        types = Types.read(self.query, oids)
        catalogue = _Catalogue(_grouped(columns), _grouped(constraints), types)
        leaves: defaultdict[str, list[str]] = defaultdict(list)
        for row in tables:
            if row[4] and row[3] != "p":
                leaves[str(row[5])].append(str(row[1]))
        return {
            str(row[1]): catalogue.table(row, tuple(leaves[str(row[1])]))
            for row in tables
            if not (row[4] and row[3] == "p")
        }

    def quote(self, name: str) -> str:
        """Quote a name."""
        return quote(Dialect.POSTGRESQL, name)

    def literal(self, kind: Type, text: str) -> str:
        """Quote a text; PostgreSQL reads it as whatever the column's type is."""
        return literal(f"\\x{text}" if kind.family is Family.BINARY else text)

    def typed(self, kind: Type, literal: str) -> str:
        """Cast, for a derived table has no columns to take the type from."""
        return f"{literal}::{kind.sql}"

    def shown(self, kind: Type, expression: str) -> str:
        """Let the type write itself."""
        if kind.family is Family.BINARY:
            return f"pg_catalog.encode({expression}, 'hex')"
        return f"{expression}::text"

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Number identity columns explicitly only where one is named."""
        if not columns:
            return f"INSERT INTO {table.target} DEFAULT VALUES"
        names = ", ".join(self.quote(name) for name in columns)
        overriding = any(table.column(name).automatic for name in columns)
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        override = " OVERRIDING SYSTEM VALUE" if overriding else ""
        return f"INSERT INTO {table.target} ({names}){override} VALUES {values}"

    def together(self, statements: Sequence[str]) -> Sequence[str]:
        """Make one statement: references are looked at when it ends, deferrable or not.

        https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING
        """
        parts = ", ".join(f"i{place} AS ({sql})" for place, sql in enumerate(statements))
        return (f"WITH {parts} SELECT 1",)

    def numbers(self, table: Table, column: Column, count: int) -> str:
        """Draw from the column's own sequence."""
        relation, name = literal(table.target), literal(column.name)
        own = f"pg_catalog.nextval(pg_catalog.pg_get_serial_sequence({relation}, {name}))"
        return f"SELECT {column.default or own} FROM pg_catalog.generate_series(1, {count})"


@dataclass(frozen=True, slots=True)
class _Catalogue:
    columns: Rows
    constraints: Rows
    types: Types

    def table(self, row: Sequence[Value], leaves: tuple[str, ...]) -> Table:
        oid, name, quoted, kind, partition, root, root_quoted, bounds = row
        number = int(str(oid))
        checks: list[Check] = [Check(expression=str(bounds), columns=())] if bounds else []
        columns = [self._column(str(name), r, checks) for r in self.columns.get(number, ())]
        constraints = self.constraints.get(number, ())
        keys = {kind: [r for r in constraints if r[0] == kind] for kind in "cfpu"}
        checks += [Check(expression=str(r[2]), columns=tuple(_names(r[1]))) for r in keys["c"]]
        unpartitioned = _UNPARTITIONED if kind == "p" and not leaves else ""
        return Table(
            name=str(name),
            sql=str(quoted) if kind == "p" else f"ONLY {quoted}",
            target=str(root_quoted) if partition else str(quoted),
            columns=tuple(columns),
            primary_key=next((_names(r[1]) for r in keys["p"]), ()),
            keys=tuple(dict.fromkeys(_names(r[1]) for r in (*keys["p"], *keys["u"]))),
            foreign_keys=tuple(_foreign_key(r) for r in keys["f"]),
            checks=tuple(dict.fromkeys(checks)),
            leaves=leaves,
            root=str(root) if root else None,
            obstacle=_FOREIGN if kind == "f" else unpartitioned,
        )

    def _column(self, table: str, row: Sequence[Value], checks: list[Check]) -> Column:
        name, oid, written, not_null, identity, generated, default = row
        known = self.types.known(int(str(oid)), str(written))
        quoted = quote(Dialect.POSTGRESQL, str(name))
        checks += [
            Check(
                expression=_VALUE.sub(lambda m: m[1] or quoted, condition),
                columns=(str(name),),
            )
            for condition in known.conditions
        ]
        return Column(
            name=str(name),
            type=known.type,
            nullable=not (not_null or known.not_null),
            automatic=bool(identity) or str(default).startswith("nextval("),
            expression=str(default) if generated else "",
            default=str(default or ""),
            salt=crc32(f"{table}.{name}".encode()) % 50,
        )


def _foreign_key(row: Sequence[Value]) -> ForeignKey:
    _, columns, _, parent, parent_sql, targets = row
    return ForeignKey(
        columns=_names(columns),
        parent=str(parent),
        parent_sql=str(parent_sql),
        targets=_names(targets),
    )


def _grouped(rows: Sequence[Sequence[Value]]) -> Rows:
    groups: defaultdict[int, list[Sequence[Value]]] = defaultdict(list)
    for oid, *rest in rows:
        groups[int(str(oid))].append(rest)
    return groups


def _names(value: Value) -> tuple[str, ...]:
    names: list[str] = json.loads(str(value)) if value else []
    return tuple(names)
