"""The tracker of a PostgreSQL schema: one probe per step, and what it touched read again."""

from collections.abc import Mapping, Sequence

from alembic_ci.database.postgresql.probe import PREPARED, Probe, probe, probe_sql
from alembic_ci.database.postgresql.scope import Scope, VersionTable
from alembic_ci.database.postgresql.statement import describe
from alembic_ci.database.postgresql.touched import touched_statement
from alembic_ci.database.postgresql.units import Objects, UnitKey, units
from alembic_ci.database.tracking import Query, Value
from alembic_ci.delta import Attributes, Delta, ObjectKey, Snapshot

_VERSION = "select pg_catalog.current_setting('server_version_num')"

_NAMED_EVERYWHERE = (
    "pg_am",
    "pg_authid",
    "pg_collation",
    "pg_extension",
    "pg_foreign_server",
    "pg_language",
    "pg_namespace",
    "pg_opclass",
    "pg_operator",
    "pg_opfamily",
    "pg_tablespace",
    "pg_ts_config",
    "pg_ts_dict",
)
"""Catalogues whose objects others name in ways not followed one by one."""


class PostgreSQLTracker:
    """Implements `SchemaTracker` for PostgreSQL 12 to 18.

    *version_table* and what belongs to it is left out, in every schema unless *version_schema*
    names one. Names outside schema ``public`` carry their schema.
    """

    def __init__(
        self,
        query: Query,
        version_table: str = "alembic_version",
        version_schema: str | None = None,
    ) -> None:
        self._query = query
        self._table = VersionTable(name=version_table, schema=version_schema)
        self._server = 0
        self._state: dict[ObjectKey, Attributes] = {}
        self._units: dict[UnitKey, Objects] = {}
        self._undoable: dict[UnitKey, Objects | None] = {}
        self._delta = Delta({})
        self._last: Probe | None = None

    @property
    def state(self) -> Snapshot:
        """Return the schema as of the last call."""
        return self._state

    def start(self) -> None:
        """Read the whole catalogue."""
        self._server = int(str(self._query(_VERSION)[0][0]))
        self._state.clear()
        self._units.clear()
        self._replace_all()
        self._undoable = {}
        self._last = self._probe()

    def advance(self) -> Delta:
        """Return what changed, from one probe and, if it shows any writing, one description."""
        probed = self._probe()
        follows = self._last is not None and probed.follows(self._last)
        self._last = probed
        if not follows or not probed.counting or self._named_everywhere(probed):
            return self._replace_all()
        if not probed.own_xid or not probed.writes:
            return self._replace({})
        return self._replace(units(self._touched(probed)))

    def undo(self, delta: Delta) -> None:
        """Put the state back; anything but the last delta makes the next call read everything."""
        for key, change in delta.changes.items():
            if change.before is None:
                self._state.pop(key, None)
            else:
                self._state[key] = change.before
        if delta is not self._delta:
            self._last = None
            return
        for unit, objects in self._undoable.items():
            if objects is None:
                self._units.pop(unit, None)
            else:
                self._units[unit] = objects

    def resync(self) -> Delta:
        """Read everything again."""
        delta = self._replace_all()
        self._last = self._probe()
        return delta

    def _probe(self) -> Probe:
        return probe(self._query, probe_sql(self._server))

    def _touched(self, probed: Probe) -> Sequence[Sequence[Value]]:
        if not probed.prepared:
            self._query(f"prepare {PREPARED} as {touched_statement(self._server, self._table)}")
        return self._query(f"execute {PREPARED}")

    def _replace_all(self) -> Delta:
        scope = Scope(version_table=self._table)
        described = units(self._query(describe(self._server, scope)))
        gone = {unit: {} for unit in self._units if unit not in described}
        return self._replace({**gone, **described})

    def _replace(self, described: Mapping[UnitKey, Objects]) -> Delta:
        """Put units in the place of what they were."""
        self._undoable = {unit: self._units.get(unit) for unit in described}
        before = {
            key: attributes
            for objects in self._undoable.values()
            for key, attributes in (objects or {}).items()
        }
        after = {
            key: attributes for objects in described.values() for key, attributes in objects.items()
        }
        for key in before:
            self._state.pop(key, None)
        self._state.update(after)
        for unit, objects in described.items():
            self._units[unit] = objects
            if not objects:
                del self._units[unit]
        self._delta = Delta.between(before, after)
        return self._delta

    @staticmethod
    def _named_everywhere(probed: Probe) -> bool:
        """Tell whether something was renamed or altered that could show anywhere."""
        renamed = (probed.writes.get(name) for name in _NAMED_EVERYWHERE)
        return "pg_extension" in probed.writes or any(w is not None and w.updated for w in renamed)
