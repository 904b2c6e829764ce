"""Follow the schema of one SQLite database."""

from collections import defaultdict
from collections.abc import Iterable

from alembic_ci.database.ledger import Ledger
from alembic_ci.database.sqlite.catalogue import COOKIE, Stored, stored_rows
from alembic_ci.database.sqlite.reading import Reader
from alembic_ci.database.sqlite.statements import EVERYTHING, Scope, scope
from alembic_ci.database.tracking import Query, Rows
from alembic_ci.delta import Attributes, Delta, ObjectKey, Snapshot

_SETTINGS = "database settings"
_TOO_MANY = 200


class SQLiteTracker:
    """Compare ``sqlite_master`` texts, and describe again only the tables whose text changed.

    *query* must see committed steps. ``PRAGMA schema_version`` grows with every change of the
    schema, so an unchanged one means that there is nothing to read. `touched` tells the next
    `advance` what the step ran; without it all texts are read. Attached and temporary databases
    are not looked at.
    """

    def __init__(self, query: Query, version_table: str = "alembic_version") -> None:
        self._query = query
        self._version_table = version_table.lower()
        self._ledger = Ledger(_part)
        self._cookie: tuple[str, ...] = ()
        self._objects: defaultdict[str, set[Stored]] = defaultdict(set)
        self._reader = Reader(query)
        self._texts: list[str] | None = None

    @property
    def state(self) -> Snapshot:
        """The schema as it is believed to be now; the same mapping is updated in place."""
        return self._ledger.state

    @property
    def question(self) -> str:
        """Return the query for the version of the schema."""
        return COOKIE

    def touched(self, texts: Iterable[str]) -> None:
        """Say which SQL texts have run since the last `advance`; may be called several times."""
        self._texts = [*(self._texts or ()), *texts]

    def start(self) -> None:
        """Read the whole catalogue and forget everything known before."""
        self.resync()

    def prepare(self) -> None:
        """Do nothing: this needs nothing of a session."""

    def advance(self, answer: Rows | None = None) -> Delta:
        """Return what changed since the last call; one cheap query when nothing did."""
        texts, self._texts = self._texts, None
        cookie = _texts(self._query(COOKIE) if answer is None else answer)
        if cookie == self._cookie:
            return Delta({})
        if not self._cookie:
            return self.resync()
        self._cookie = cookie
        changed = self._read(EVERYTHING if texts is None else scope(texts))
        owners = {row.table for row in changed}
        owners |= self._reader.dependants(owners)
        parts = self._reader.parts(owners, self._rows_of(owners))
        return self._ledger.replace(parts | {_SETTINGS: _settings(cookie)})

    def undo(self, delta: Delta) -> None:
        """Put back the state before *delta*; the next `advance` reads everything, to be sure."""
        self._ledger.undo(delta)
        self._cookie = ()

    def resync(self) -> Delta:
        """Read everything again; a non-empty delta means that `advance` missed something."""
        self._texts = None
        self._cookie = _texts(self._query(COOKIE))
        self._read(EVERYTHING)
        self._reader.forget()
        rows = [row for found in self._objects.values() for row in found]
        parts = self._reader.parts({row.table for row in rows}, rows)
        objects = {key: value for part in parts.values() for key, value in part.items()}
        return self._ledger.replace_all(objects | _settings(self._cookie))

    def _read(self, found: Scope) -> set[Stored]:
        """Read the rows of what *found* names again, and return those that are other than before.

        Trouble that has no name in any text is found by the comparison at the very end.
        """
        tables = None if found.everything else self._tables(found)
        if tables is None or len(tables) > _TOO_MANY:
            tables = None
        read = {row for row in stored_rows(self._query, tables) if not self._is_version(row)}
        known = self._objects if tables is None else tables
        before = {row for table in known for row in self._objects.get(table, ())}
        for table in list(known):
            self._objects.pop(table, None)
        for row in read:
            self._objects[row.table.lower()].add(row)
        return before ^ read

    def _tables(self, found: Scope) -> set[str]:
        """Return the tables, in small letters, that are named or own what is named."""
        tables = set(found.names)
        for table, rows in self._objects.items():
            if any(
                row.name.lower() in found.names or _mentions(row, found.renamed) for row in rows
            ):
                tables.add(table)
        return tables

    def _rows_of(self, owners: Iterable[str]) -> Iterable[Stored]:
        for table in {owner.lower() for owner in owners}:
            yield from self._objects.get(table, ())

    def _is_version(self, row: Stored) -> bool:
        return row.table.lower() == self._version_table


def _mentions(row: Stored, names: Iterable[str]) -> bool:
    return any(name in row.sql.lower() for name in names)


def _texts(answer: Rows) -> tuple[str, ...]:
    return tuple(str(value) for value in answer[0])


def _part(key: ObjectKey) -> str:
    return key.parent or (_SETTINGS if key.kind == _SETTINGS else key.name)


def _settings(cookie: tuple[str, ...]) -> dict[ObjectKey, Attributes]:
    key = ObjectKey(_SETTINGS, "", "main")
    return {key: {"user_version": cookie[1], "application_id": cookie[2]}}
