"""What SQLite's catalogue says, as rows: two queries for any number of tables.

Sources: ``sqlite_master`` (https://www.sqlite.org/schematab.html) and the PRAGMA functions
``table_xinfo``, ``index_list``, ``index_xinfo`` and ``foreign_key_list``
(https://www.sqlite.org/pragma.html).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from alembic_ci.database.quoting import quoted_text
from alembic_ci.database.tracking import Query, Value

OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_master
WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'sqlite!_' || char(37) ESCAPE '!'
"""
COOKIE = (
    "SELECT schema_version, user_version, application_id"
    " FROM pragma_schema_version, pragma_user_version, pragma_application_id"
)
_FACTS = """
WITH m(name) AS (VALUES {tables})
SELECT 'column', m.name, x.cid, x.name, x.type, x."notnull", x.dflt_value, x.pk, x.hidden
FROM m JOIN pragma_table_xinfo(m.name) AS x
UNION ALL
SELECT 'key', m.name, l.name, l."unique", l.origin, x.name, x.desc, x.coll, x.seqno
FROM m JOIN pragma_index_list(m.name) AS l JOIN pragma_index_xinfo(l.name) AS x WHERE x.key = 1
UNION ALL
SELECT 'reference', m.name, f.id, f."table", f."from",
       coalesce(f."to", (SELECT p.name FROM pragma_table_info(f."table") AS p
                         WHERE p.pk = f.seq + 1)),
       f.on_update, f.on_delete, 2 * f.seq + (f."to" IS NULL)
FROM m JOIN pragma_foreign_key_list(m.name) AS f
"""
"""What three PRAGMAs say, in one question; the last value holds what the rows are ordered by."""
_SHADOWS = (  # of fts3, fts4, fts5 and rtree
    *("_data", "_idx", "_content", "_docsize", "_config", "_segments", "_segdir", "_stat"),
    *("_node", "_rowid", "_parent"),
)


class Stored(NamedTuple):
    """One row of ``sqlite_master``."""

    kind: str
    name: str
    table: str
    sql: str


class Column(NamedTuple):
    """One row of ``PRAGMA table_xinfo``."""

    position: int
    name: str
    type: str
    not_null: bool
    default: str | None
    key_position: int
    hidden: int


class KeyColumn(NamedTuple):
    """One key column of an index; an expression has no name."""

    owner: str
    unique: bool
    origin: str
    name: str | None
    descending: bool
    collation: str


class Reference(NamedTuple):
    """One column of a foreign key; an *implicit* one names no column of the parent."""

    number: int
    parent: str
    column: str
    target: str | None
    on_update: str
    on_delete: str
    implicit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRows:
    """What the PRAGMAs say of one table."""

    columns: tuple[Column, ...]
    keys: tuple[KeyColumn, ...]
    references: tuple[Reference, ...]


def stored_rows(query: Query, tables: Collection[str] | None = None) -> frozenset[Stored]:
    """Return what people created, without what SQLite or a virtual table made for itself.

    *tables*, in small letters, are those whose rows are wanted, all if there are none given.
    """
    only = f" AND lower(tbl_name) IN ({_listed(tables)})" if tables is not None else ""
    rows = frozenset(Stored._make(map(str, row)) for row in query(OBJECTS + only))
    virtual = [row.name for row in rows if is_virtual(row)]
    shadows = {name + suffix for name in virtual for suffix in _SHADOWS}
    return frozenset(row for row in rows if row.name not in shadows) if shadows else rows


def is_virtual(stored: Stored) -> bool:
    """Tell whether a row is a virtual table (the first words are stored in this one spelling)."""
    return stored.kind == "table" and stored.sql.startswith("CREATE VIRTUAL TABLE")


def table_rows(query: Query, names: Collection[str]) -> dict[str, TableRows]:
    """Return what the PRAGMAs say of the named tables."""
    only = ", ".join(f"({quoted_text(name)})" for name in sorted(names))
    facts = _grouped(query(_FACTS.format(tables=only)))
    return {
        name: TableRows(
            columns=tuple(_column(row) for row in _ordered(facts.get(("column", name), ()))),
            keys=tuple(_key_column(row) for row in _ordered(facts.get(("key", name), ()))),
            references=tuple(
                _reference(row) for row in _ordered(facts.get(("reference", name), ()))
            ),
        )
        for name in names
    }


def _listed(names: Iterable[str]) -> str:
    return ", ".join(quoted_text(name) for name in sorted(names))


Row = tuple[Value, ...]


def _grouped(rows: Iterable[Iterable[Value]]) -> Mapping[tuple[str, str], list[Row]]:
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for what, name, *rest in rows:
        groups[str(what), str(name)].append(tuple(rest))
    return groups


def _ordered(rows: Iterable[Row]) -> list[Row]:
    """Put the columns of each key in their order, key after key."""
    return sorted(rows, key=lambda row: (str(row[0]).rjust(9), int(row[-1] or 0)))


def _column(row: Row) -> Column:
    position, name, kind, not_null, default, key, hidden = row
    return Column(
        position=int(position or 0),
        name=str(name),
        type=str(kind or ""),
        not_null=bool(not_null),
        default=None if default is None else str(default),
        key_position=int(key or 0),
        hidden=int(hidden or 0),
    )


def _key_column(row: Row) -> KeyColumn:
    owner, unique, origin, name, descending, collation, _ = row
    column = None if name is None else str(name)
    return KeyColumn(
        str(owner), bool(unique), str(origin), column, bool(descending), str(collation or "")
    )


def _reference(row: Row) -> Reference:
    number, parent, column, target, on_update, on_delete, place = row
    return Reference(
        number=int(number or 0),
        parent=str(parent),
        column=str(column),
        target=None if target is None else str(target),
        on_update=str(on_update),
        on_delete=str(on_delete),
        implicit=bool(int(place or 0) % 2),
    )
