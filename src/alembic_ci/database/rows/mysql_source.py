"""MariaDB and MySQL, as filling tables sees them."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from zlib import crc32

from alembic_ci.database.mysql.server import Server, literal, text
from alembic_ci.database.quoting import quote
from alembic_ci.database.rows.mysql_catalogue import Row, Rows, members, rows
from alembic_ci.database.rows.mysql_types import SPATIAL, VECTOR, type_of
from alembic_ci.database.rows.tables import (
    NULL,
    Check,
    Column,
    Family,
    ForeignKey,
    Table,
    TableName,
    Type,
)
from alembic_ci.database.tracking import Query
from alembic_ci.urls import Dialect

_NUMERIC = {Family.INTEGER, Family.DECIMAL, Family.FLOAT}
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)
_CASTS = {Family.DATE: "DATE", Family.TIME: "TIME(6)", Family.TIMESTAMP: "DATETIME(6)"}
_STRICT = "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"


@dataclass(slots=True)
class MySQLSource:
    """Reads the catalogue through *query*."""

    query: Query
    version_table: str
    row_address: str = ""
    preparation: tuple[str, ...] = (_STRICT,)
    _server: Server | None = field(default=None, repr=False)

    def tables(self, names: Collection[TableName] | None) -> Mapping[TableName, Table]:
        """Read the tables of the current database."""
        if names is not None and not names:
            return {}
        self._server = self._server or Server.ask(self.query)
        only = "" if names is None else f" AND TABLE_NAME IN ({', '.join(map(literal, names))})"
        found = rows(self.query, self._server, only)
        version = self.version_table.casefold()
        return {name: _table(name, found) for name in found.names if name.casefold() != version}

    def quote(self, name: str) -> str:
        """Quote a name."""
        return quote(Dialect.MYSQL, name)

    def literal(self, kind: Type, text: str) -> str:
        """Write numbers bare, bytes in hex, shapes from their text."""
        if kind.family is Family.BINARY or kind.sql == VECTOR:
            return f"X'{text}'"
        if kind.family is Family.BITS:
            return f"b'{text}'"
        if kind.sql in SPATIAL:
            return f"ST_GeomFromText({literal(text)}, {kind.scale})"
        return text if kind.family in _NUMERIC and _NUMBER.fullmatch(text) else literal(text)

    def typed(self, kind: Type, literal: str) -> str:
        """Cast dates and times, which compare as texts otherwise."""
        cast = _CASTS.get(kind.family)
        return f"CAST({literal} AS {cast})" if cast and literal != NULL else literal

    def shown(self, kind: Type, expression: str) -> str:
        """Return the text that `literal` reads."""
        if kind.family is Family.BINARY or kind.sql == VECTOR:
            return f"LOWER(HEX({expression}))"
        if kind.family is Family.BITS:
            return f"BIN({expression})"
        return f"ST_AsText({expression})" if kind.sql in SPATIAL else f"CAST({expression} AS CHAR)"

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Return a plain INSERT."""
        names = ", ".join(self.quote(name) for name in columns)
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        return f"INSERT INTO {table.target} ({names}) VALUES {values}"

    def together(self, statements: Sequence[str]) -> Sequence[str]:
        """Let rows refer to themselves; between tables each row is looked at when it comes."""
        return statements if len(statements) == 1 else ()

    def numbers(self, table: Table, column: Column, count: int) -> str:
        """Ask the sequence, or count on from the highest: the server's own counter follows."""
        highest = f"(SELECT COALESCE(MAX({self.quote(column.name)}), 0) FROM {table.sql})"
        return " UNION ALL ".join(
            f"SELECT {column.default or f'{highest} + {step + 1}'}" for step in range(count)
        )


def _table(name: str, found: Rows) -> Table:
    quoted = quote(Dialect.MYSQL, name)
    documents = found.documents(name)
    keys = {text(key[0][0]): key for key in members(found.keys.get(name, ()))}
    plain = {n: k for n, k in keys.items() if all(row[1] is not None for row in k)}
    columns = {n: tuple(text(row[1]) for row in key) for n, key in plain.items()}
    return Table(
        name=name,
        sql=quoted,
        target=quoted,
        columns=tuple(_column(name, row, documents) for row in found.columns.get(name, ())),
        primary_key=columns.get("PRIMARY", ()),
        keys=tuple(dict.fromkeys(columns.values())),
        foreign_keys=tuple(_foreign_key(k) for k in members(found.foreign_keys.get(name, ()))),
        checks=tuple(
            Check(expression=condition, columns=())
            for condition in dict.fromkeys(found.conditions.get(name, ()))
            if not condition.lower().startswith("json_valid(")
        ),
    )


def _column(table: str, row: Row, documents: Collection[str]) -> Column:
    name, written, nullable, extra, expression, default, srs = row
    kind = type_of(text(written))
    numbered = text(default).lower().startswith("nextval(")
    if text(name) in documents:
        kind = replace(kind, family=Family.JSON)
    if srs is not None:
        kind = replace(kind, scale=int(str(srs)))
    return Column(
        name=text(name),
        type=kind,
        nullable=text(nullable) == "YES",
        automatic="auto_increment" in text(extra).lower() or numbered,
        expression=text(expression),
        default=text(default) if numbered else "",
        salt=crc32(f"{table}.{text(name)}".encode()) % 50,
    )


def _foreign_key(key: Sequence[Row]) -> ForeignKey:
    _, _, here, schema, parent, _ = key[0]
    quoted = quote(Dialect.MYSQL, text(parent))
    return ForeignKey(
        columns=tuple(text(row[1]) for row in key),
        parent=text(parent) if here else f"{text(schema)}.{text(parent)}",
        parent_sql=quoted if here else f"{quote(Dialect.MYSQL, text(schema))}.{quoted}",
        targets=tuple(text(row[5]) for row in key),
    )
