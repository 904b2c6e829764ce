"""Follow the schema of one MariaDB or MySQL database."""

from collections.abc import Iterable, Iterator

from alembic_ci.database.ledger import Ledger
from alembic_ci.database.mysql import programs
from alembic_ci.database.mysql.reading import TableReader, whole_catalogue
from alembic_ci.database.mysql.server import Server
from alembic_ci.database.mysql.statements import EVERYTHING, NOTHING, Scope, scope
from alembic_ci.database.tracking import Query, Rows
from alembic_ci.delta import Attributes, Delta, ObjectKey, Snapshot

_TABLE_LIKE = {"table", "view", "sequence"}
_TOO_MANY = 25


class MySQLTracker:
    """Read again only the tables that the step's statements name.

    *query* may be any connection: DDL commits by itself. `touched` tells the next `advance` what
    the step ran; without it everything is read. Tables of other databases are not looked at.
    """

    def __init__(self, query: Query, version_table: str = "alembic_version") -> None:
        self._query = query
        self._version_table = version_table
        self._ledger = Ledger(_part)
        self._hint: Scope | None = None
        self._server: Server | None = None
        self._reader: TableReader | None = None
        self._tables: dict[str, set[str]] = {}

    @property
    def state(self) -> Snapshot:
        """The schema as it is believed to be now; the same mapping is updated in place."""
        return self._ledger.state

    def touched(self, identifiers: Iterable[str]) -> None:
        """Say which SQL texts have run since the last `advance`; may be called several times."""
        self._hint = (self._hint or NOTHING) | scope(identifiers)

    def start(self) -> None:
        """Read the whole catalogue and forget everything known before."""
        self._server = Server.ask(self._query)
        self._reader = TableReader(self._query, self._server)
        self.resync()

    @property
    def question(self) -> str:
        """Return nothing: what to ask depends on the hint."""
        return ""

    def prepare(self) -> None:
        """Do nothing: this needs nothing of a session."""

    def advance(self, answer: Rows | None = None) -> Delta:  # noqa: ARG002 - there is no question
        """Return what changed since the last call, looking at what the hint names."""
        hint, self._hint = EVERYTHING if self._hint is None else self._hint, None
        if not hint:
            return Delta({})
        if hint.everything or self._reader is None:
            return self.resync()
        names = self._affected(hint)
        if len(names) > _TOO_MANY:
            return self.resync()
        parts = self._reader.read(name for name in names if not self._is_version_table(name))
        delta = self._ledger.replace(parts | self._triggers())
        self._note_tables(delta)
        return delta

    def undo(self, delta: Delta) -> None:
        """Put back the state before *delta*; the next `advance` reads everything, to be sure."""
        self._ledger.undo(delta)
        self._note_tables(delta)
        self._hint = EVERYTHING

    def resync(self) -> Delta:
        """Read everything again; a non-empty delta means that `advance` missed something."""
        server = self._server or Server.ask(self._query)
        self._hint = None
        snapshot = whole_catalogue(self._query, server)
        kept = {key: value for key, value in snapshot.items() if not self._is_version(key)}
        delta = self._ledger.replace_all(kept)
        self._note_tables(delta)
        return delta

    def _affected(self, hint: Scope) -> set[str]:
        """Return the known tables and views that the hint names, and names that may be new."""
        known = {name for word in hint.names for name in self._tables.get(word, ())}
        new = {name for name in hint.new if name not in self._tables.get(name.casefold(), ())}
        children = set(self._children(known)) if hint.renames else set()
        return known | children | new | {name.lower() for name in new}

    def _children(self, parents: set[str]) -> Iterator[str]:
        for key, attributes in self.state.items():
            if key.kind == "foreign key" and attributes["references"].partition("(")[0] in parents:
                yield key.parent

    def _triggers(self) -> dict[str, dict[ObjectKey, Attributes]]:
        """Read the triggers again if there are any: they come and go with their tables."""
        if not self._ledger.keys("trigger"):
            return {}
        return {"trigger": dict(programs.triggers(self._query))}

    def _note_tables(self, delta: Delta) -> None:
        """Keep the names by which statements find tables; the server may ignore their case."""
        for key in delta.changes:
            if key.kind not in _TABLE_LIKE:
                continue
            names = self._tables.setdefault(key.name.casefold(), set())
            if key in self.state:
                names.add(key.name)
            else:
                names.discard(key.name)

    def _is_version(self, key: ObjectKey) -> bool:
        return self._is_version_table(key.parent or (key.name if key.kind == "table" else ""))

    def _is_version_table(self, name: str) -> bool:
        return name.casefold() == self._version_table.casefold()


def _part(key: ObjectKey) -> str:
    if key.kind in _TABLE_LIKE or (key.parent and key.kind != "trigger"):
        return f"table {key.parent or key.name}"
    return key.kind
