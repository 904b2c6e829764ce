"""SQLite's catalogue rows turned into schema objects.

The text of CREATE TABLE is used only for what no PRAGMA tells, so a table that batch mode wrote
anew (other quoting, other order of constraints) is described as before.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from alembic_ci.database.sqlite.catalogue import Column, Stored, TableRows, is_virtual
from alembic_ci.database.sqlite.constraints import checks, foreign_keys, primary_key, unique_keys
from alembic_ci.database.sqlite.indexes import created_indexes
from alembic_ci.database.sqlite.table_sql import Clause, TableText, table_text
from alembic_ci.database.sqlite.tokens import (
    Token,
    canonical,
    tokens,
    without_outer_parentheses,
)
from alembic_ci.delta import Attributes, ObjectKey
from alembic_ci.statements import Shape
from alembic_ci.statements.fitting import affinity

_GENERATED = {2: "VIRTUAL", 3: "STORED"}
_NUMBER = re.compile(r"(?P<quote>')?(?P<number>[+-]?\d+(\.\d+)?)(?(quote)')")
_TRUTH = {"FALSE": "0", "TRUE": "1"}

Item = tuple[ObjectKey, Attributes]


def table_objects(
    table: Stored, rows: TableRows, indexes: Mapping[str, Stored]
) -> dict[ObjectKey, Attributes]:
    """Describe a table with its columns, constraints and indexes."""
    if is_virtual(table):
        return {ObjectKey("table", "", table.name): {"definition": canonical(tokens(table.sql))}}
    text = table_text(table.sql)
    items: list[Item] = [(ObjectKey("table", "", table.name), _options(text))]
    items.extend(_columns(table.name, rows, text))
    items.extend(primary_key(table.name, rows, text))
    items.extend(unique_keys(table.name, rows, text))
    items.extend(foreign_keys(table.name, rows, text))
    items.extend(checks(table.name, text))
    items.extend(created_indexes(table.name, rows, indexes))
    return dict(items)


def text_object(stored: Stored) -> Item:
    """Describe a view or a trigger, which are nothing but their text."""
    parent = stored.table if stored.kind == "trigger" else ""
    return ObjectKey(stored.kind, parent, stored.name), {
        "definition": canonical(tokens(stored.sql))
    }


def _options(text: TableText) -> Attributes:
    return {
        "strict": "yes" if "STRICT" in text.options else "no",
        "without rowid": "yes" if "WITHOUT ROWID" in text.options else "no",
    }


def _columns(table: str, rows: TableRows, text: TableText) -> Iterator[Item]:
    clauses: dict[str, dict[str, Clause]] = {}
    for clause in text.all("COLLATE", "GENERATED", "AS", "NOT"):
        word = "AS" if clause.word == "GENERATED" else clause.word
        clauses.setdefault(clause.column.lower(), {})[word] = clause
    for column in rows.columns:
        key = ObjectKey("column", table, column.name)
        yield key, _column(column, clauses.get(column.name.lower(), {}))


def _column(column: Column, clauses: Mapping[str, Clause]) -> Attributes:
    described = {
        "type": type_name(column.type),
        "nullable": "NOT NULL" if column.not_null else "NULL",
        "position": str(column.position + 1),
    }
    if column.default is not None:
        described["default"] = default_value(column.default, described["type"])
    collation = clauses["COLLATE"].parts[1].name.upper() if "COLLATE" in clauses else "BINARY"
    if collation != "BINARY":
        described["collation"] = collation
    if column.hidden in _GENERATED and "AS" in clauses:
        described["generated"] = f"{clauses['AS'].expression} {_GENERATED[column.hidden]}"
    if "NOT" in clauses and clauses["NOT"].on_conflict:
        described["on conflict"] = clauses["NOT"].on_conflict
    return described


def type_name(text: str) -> str:
    """Write a declared type in one way: ``varchar (50)`` is ``VARCHAR(50)``."""
    tight = re.sub(r"\s*([(),])\s*", r"\1", " ".join(text.split()))
    return tight.upper().replace(",", ", ")


def default_value(text: str, declared: str) -> str:
    """Write a default in one way; SQLite reads ``"x"`` as a string here.

    A column for numbers makes one of ``'-1'``, and of ``false``: https://www.sqlite.org/datatype3.html.
    """
    parts = (
        Token(Shape.TEXT, "'" + token.text.replace("'", "''") + "'")
        if token.shape is Shape.NAME
        else token
        for token in without_outer_parentheses(tokens(text))
    )
    written = canonical(tuple(parts))
    number = _NUMBER.fullmatch(_TRUTH.get(written.upper(), written))
    if number is None or not declared or affinity(declared) in {"TEXT", "BLOB"}:
        return written
    return format(Decimal(number["number"]).normalize() + 0, "f")
