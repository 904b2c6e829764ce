"""Keys and checks of one SQLite table.

A constraint without a name is known by its columns or its expression, in parentheses: SQLite has
no name for it either. MATCH is parsed and ignored by SQLite, and so it is here
(https://www.sqlite.org/foreignkeys.html, section 6).
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest

from alembic_ci.database.ledger import distinct
from alembic_ci.database.sqlite.catalogue import KeyColumn, Reference, TableRows
from alembic_ci.database.sqlite.table_sql import Clause, TableText
from alembic_ci.delta import Attributes, ObjectKey

Item = tuple[ObjectKey, Attributes]


def primary_key(table: str, rows: TableRows, text: TableText) -> Iterator[Item]:
    """Yield the primary key, if there is one."""
    members = (column for column in rows.columns if column.key_position)
    columns = sorted(members, key=lambda column: column.key_position)
    if not columns:
        return
    described = {"columns": ", ".join(column.name for column in columns)}
    for index in {key.owner for key in rows.keys if key.origin == "pk"}:
        described["columns"] = key_columns(key for key in rows.keys if key.owner == index)
    for clause in text.all("PRIMARY"):
        described |= _extras(clause)
        if "AUTOINCREMENT" in clause.words or "AUTOINCREMENT" in clause.expression:
            described["autoincrement"] = "yes"
    name = described.pop("name", "PRIMARY")
    yield ObjectKey("primary key", table, name), described


def unique_keys(table: str, rows: TableRows, text: TableText) -> Iterator[Item]:
    """Yield each UNIQUE constraint; two that say the same are one, as in SQLite."""
    clauses = {_folded(clause.columns()): clause for clause in text.all("UNIQUE")}
    automatic = [key for key in rows.keys if key.origin == "u"]
    for _, group in groupby(automatic, key=lambda key: key.owner):
        keys = tuple(group)
        clause = clauses.get(_folded(key.name or "" for key in keys))
        columns = key_columns(keys)
        described = {"columns": columns} | (_extras(clause) if clause else {})
        name = described.pop("name", f"({columns})")
        yield ObjectKey("unique constraint", table, name), described


def foreign_keys(table: str, rows: TableRows, text: TableText) -> Iterator[Item]:
    """Return each foreign key; the PRAGMA numbers them from the last of the text to the first."""
    keys = [tuple(group) for _, group in groupby(rows.references, key=lambda row: row.number)]
    clauses = tuple(text.all("REFERENCES", "FOREIGN"))
    known = clauses if len(clauses) == len(keys) else ()
    items: list[Item] = []
    for key, clause in zip_longest(reversed(keys), known):
        described = _foreign_key(key, clause)
        name = described.pop("name", f"({described['columns']})")
        items.append((ObjectKey("foreign key", table, name), described))
    return distinct(items)


def _foreign_key(key: tuple[Reference, ...], clause: Clause | None) -> dict[str, str]:
    targets = ", ".join(row.target or "?" for row in key)
    described = {
        "columns": ", ".join(row.column for row in key),
        "references": f"{key[0].parent}({targets})",
        "on delete": key[0].on_delete,
        "on update": key[0].on_update,
        "deferrable": "NOT DEFERRABLE",
    }
    if clause is None:
        return described
    if clause.deferred:
        described["deferrable"] = "DEFERRABLE INITIALLY DEFERRED"
    return described | _extras(clause)


def checks(table: str, text: TableText) -> Iterator[Item]:
    """Return each CHECK, written at a column or at the table: to SQLite it is the same."""
    found = ((clause.name, clause.expression) for clause in text.all("CHECK"))
    return distinct(
        (ObjectKey("check constraint", table, name or f"({check})"), {"expression": check})
        for name, check in found
    )


def key_columns(keys: Iterable[KeyColumn], expressions: Iterable[str] = ()) -> str:
    """Write the columns of a key: ``email COLLATE NOCASE DESC, lower(name)``."""
    texts = list(expressions)
    written = []
    for index, key in enumerate(keys):
        name = key.name or (texts[index] if index < len(texts) else "expression")
        collation = "" if key.collation in {"", "BINARY"} else f" COLLATE {key.collation.upper()}"
        written.append(f"{name}{collation}{' DESC' if key.descending else ''}")
    return ", ".join(written)


def _extras(clause: Clause) -> dict[str, str]:
    extras = {"name": clause.name} if clause.name else {}
    return extras | ({"on conflict": clause.on_conflict} if clause.on_conflict else {})


def _folded(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.lower() for name in names)
