"""Describe what hangs on tables and views, and remember it by its text.

``sqlite_master`` decides everything the PRAGMAs tell of a table, so rows seen before, as after up,
down, up, need no further question. The exception is a foreign key that names no column: it means
the parent's primary key, and is asked for each time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable

from alembic_ci.database.sqlite.catalogue import Stored, TableRows, is_virtual, table_rows
from alembic_ci.database.sqlite.describe import table_objects, text_object
from alembic_ci.database.tracking import Query
from alembic_ci.delta import Attributes, ObjectKey

Part = dict[ObjectKey, Attributes]
Rows = frozenset[Stored]

_REMEMBERED = 4
_NO_ROWS = TableRows(columns=(), keys=(), references=())


class Reader:
    """Turns rows of ``sqlite_master`` into parts, one for each table or view."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._seen: defaultdict[str, dict[Rows, Part]] = defaultdict(dict)
        self._parents: dict[str, frozenset[str]] = {}

    def forget(self) -> None:
        """Ask for everything again from now on."""
        self._seen.clear()
        self._parents.clear()

    def dependants(self, owners: Collection[str]) -> set[str]:
        """Return the tables whose description may change with the primary key of *owners*."""
        changed = {owner.lower() for owner in owners}
        return {child for child, parents in self._parents.items() if parents & changed}

    def parts(self, owners: Collection[str], objects: Iterable[Stored]) -> dict[str, Part]:
        """Describe each of *owners*; one that is not in *objects* has an empty part."""
        mine: dict[str, set[Stored]] = {owner: set() for owner in owners}
        for stored in objects:
            if stored.table in mine:
                mine[stored.table].add(stored)
        rows = {owner: frozenset(found) for owner, found in mine.items()}
        known = {o: self._seen[o][r] for o, r in rows.items() if r in self._seen.get(o, ())}
        asked = {owner: found for owner, found in rows.items() if owner not in known}
        return known | self._asked(asked)

    def _asked(self, owners: dict[str, Rows]) -> dict[str, Part]:
        tables = {
            stored.name
            for rows in owners.values()
            for stored in rows
            if stored.kind == "table" and not is_virtual(stored)
        }
        facts = table_rows(self._query, tables) if tables else {}
        parts: dict[str, Part] = {}
        for owner, rows in owners.items():
            parts[owner] = _described(rows, facts)
            parents = (r.parent for r in facts.get(owner, _NO_ROWS).references if r.implicit)
            self._remember(owner, rows, parts[owner], frozenset(map(str.lower, parents)))
        return parts

    def _remember(self, owner: str, rows: Rows, part: Part, parents: frozenset[str]) -> None:
        if parents:
            self._parents[owner] = parents
            return
        self._parents.pop(owner, None)
        seen = self._seen[owner]
        seen[rows] = part
        if len(seen) > _REMEMBERED:
            del seen[next(iter(seen))]


def _described(rows: Rows, facts: dict[str, TableRows]) -> Part:
    part: Part = {}
    indexes = {row.name: row for row in rows if row.kind == "index"}
    for stored in rows:
        if stored.kind == "table":
            part |= table_objects(stored, facts.get(stored.name, _NO_ROWS), indexes)
        elif stored.kind != "index":
            key, attributes = text_object(stored)
            part[key] = attributes
    return part
