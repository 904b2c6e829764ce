"""Follow the schema of one SQLite database."""

from alembic_ci.database.ledger import Ledger
from alembic_ci.database.sqlite.catalogue import COOKIE, Stored, stored_rows
from alembic_ci.database.sqlite.reading import Reader
from alembic_ci.database.tracking import Query
from alembic_ci.delta import Attributes, Delta, ObjectKey, Snapshot

_SETTINGS = "database settings"


class SQLiteTracker:
    """Compare ``sqlite_master`` texts, and describe again only the tables whose text changed.

    *query* must see committed steps: the tool's own connection, asked after each commit.
    ``PRAGMA schema_version`` grows with every change of the schema, so an unchanged one means
    that there is nothing to read. Attached and temporary databases are not looked at.
    """

    def __init__(self, query: Query, version_table: str = "alembic_version") -> None:
        self._query = query
        self._version_table = version_table.lower()
        self._ledger = Ledger(_part)
        self._cookie: tuple[str, ...] = ()
        self._objects: frozenset[Stored] = frozenset()
        self._reader = Reader(query)

    @property
    def state(self) -> Snapshot:
        """The schema as it is believed to be now; the same mapping is updated in place."""
        return self._ledger.state

    def start(self) -> None:
        """Read the whole catalogue and forget everything known before."""
        self.resync()

    def advance(self) -> Delta:
        """Return what changed since the last call; one cheap query when nothing did."""
        cookie = self._read_cookie()
        if cookie == self._cookie:
            return Delta({})
        if not self._cookie:
            return self.resync()
        self._cookie = cookie
        before, self._objects = self._objects, self._read_objects()
        owners = {row.table for row in before ^ self._objects}
        owners |= self._reader.dependants(owners)
        parts = self._reader.parts(owners, self._objects)
        return self._ledger.replace(parts | {_SETTINGS: _settings(cookie)})

    def undo(self, delta: Delta) -> None:
        """Put back the state before *delta*; the next `advance` reads everything, to be sure."""
        self._ledger.undo(delta)
        self._cookie = ()

    def resync(self) -> Delta:
        """Read everything again; a non-empty delta means that `advance` missed something."""
        self._cookie = self._read_cookie()
        self._objects = self._read_objects()
        self._reader.forget()
        parts = self._reader.parts({row.table for row in self._objects}, self._objects)
        objects = {key: value for part in parts.values() for key, value in part.items()}
        return self._ledger.replace_all(objects | _settings(self._cookie))

    def _read_cookie(self) -> tuple[str, ...]:
        return tuple(str(value) for value in self._query(COOKIE)[0])

    def _read_objects(self) -> frozenset[Stored]:
        rows = stored_rows(self._query)
        return rows - {row for row in rows if row.table.lower() == self._version_table}


def _part(key: ObjectKey) -> str:
    return key.parent or (_SETTINGS if key.kind == _SETTINGS else key.name)


def _settings(cookie: tuple[str, ...]) -> dict[ObjectKey, Attributes]:
    key = ObjectKey(_SETTINGS, "", "main")
    return {key: {"user_version": cookie[1], "application_id": cookie[2]}}
