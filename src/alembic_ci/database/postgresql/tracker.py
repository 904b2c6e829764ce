"""The tracker of a PostgreSQL schema: one probe per step, and what it touched read again."""

from collections.abc import Iterator, Sequence

from alembic_ci.database.postgresql.look import LOOK, MAY_CREATE, QUESTION, create_look
from alembic_ci.database.postgresql.probe import Probe, probe, watched_sql
from alembic_ci.database.postgresql.scope import Scope, VersionTable
from alembic_ci.database.postgresql.section import Section, Unit
from alembic_ci.database.postgresql.statement import SECTIONS, describe, unit_name
from alembic_ci.database.postgresql.units import Units, UnitStore, units
from alembic_ci.database.tracking import Query, Rows, Value
from alembic_ci.delta import Delta, Snapshot

_VERSION = "select pg_catalog.current_setting('server_version_num')"

_JIT_OFF = """select pg_catalog.current_setting('jit'),
 pg_catalog.set_config('jit', 'off', true)"""

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
"""Catalogues whose objects others name in ways that are not followed one by one."""

_WHOLE = tuple(section for section in SECTIONS if section.unit is Unit.WHOLE)
_SHOWN = frozenset(name for section in _WHOLE for name in (*section.catalogues, *section.names))


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
        self._watched: dict[int, str] = {}
        self._store = UnitStore()
        self._last: Probe | None = None

    @property
    def state(self) -> Snapshot:
        """Return the schema as of the last call."""
        return self._store.state

    def start(self) -> None:
        """Read the whole catalogue."""
        self._server = int(str(self._query(_VERSION)[0][0]))
        self._watched = {
            int(oid or 0): str(name) for name, oid in self._query(watched_sql(self._server))
        }
        self._store.clear()
        self.resync()

    def resync(self) -> Delta:
        """Read everything again."""
        self._last = None
        return self._store.replace_all(self._everything())

    def prepare(self) -> None:
        """Make the function that looks, unless the session has it or may not, and look once."""
        self._last = self._probe()

    @property
    def question(self) -> str:
        """Return what leads to the look, once the session has the function for it."""
        return QUESTION

    def advance(self, answer: Rows | None = None) -> Delta:
        """Return what changed: read what was touched if the session can tell, else everything."""
        looked = answer[-1][-1] if answer else None
        last, probed = self._last, probe(looked, self._watched) if looked else self._probe()
        self._last = probed
        if not (last and probed and probed.follows(last) and probed.counting):
            return self._store.replace_all(self._everything())
        if probed.by_hand or _named_everywhere(probed):
            return self._store.replace_all(self._everything())
        if not probed.own_xid or not probed.writes:
            return self._store.replace({})
        touched = units(probed.described, probed.touched)
        return self._store.replace({**touched, **self._whole(probed)})

    def undo(self, delta: Delta) -> None:
        """Put the state back; anything but the last delta makes the next call read everything."""
        if not self._store.undo(delta):
            self._last = None

    def _probe(self) -> Probe | None:
        """Look now; None if this session may not have the function."""
        if self._query(MAY_CREATE)[0][0]:
            self._query(create_look(self._server, self._watched, self._table))
        elif not self._query(QUESTION)[0][0]:
            return None
        return probe(self._query(LOOK)[0][1], self._watched)

    def _whole(self, probed: Probe) -> Units:
        sections = tuple(self._rewritten(probed))
        if not sections:
            return {}
        emptied: Units = {(unit_name(section), 0): {} for section in sections}
        return {**emptied, **units(self._describe(sections))}

    def _rewritten(self, probed: Probe) -> Iterator[Section]:
        """Yield the sections to read as a whole: rows were written, or names in them changed."""
        commented = "pg_description" in probed.writes
        for section in _WHOLE if commented or not _SHOWN.isdisjoint(probed.writes) else ():
            filled = self._store.has((unit_name(section), 0))
            renamed = any(probed.updated(name) for name in section.names)
            written = any(name in probed.writes for name in section.catalogues)
            if written or (filled and (commented or renamed)):
                yield section

    def _everything(self) -> Units:
        """Read it all, without compiling: with many branches that takes longer than running.

        https://www.postgresql.org/docs/current/jit-decision.html
        """
        ((jit, _),) = self._query(_JIT_OFF)
        described = units(self._describe(SECTIONS))
        self._query(f"select pg_catalog.set_config('jit', '{jit}', true)")
        return described

    def _describe(self, sections: Sequence[Section]) -> Sequence[Sequence[Value]]:
        return self._query(describe(self._server, sections, Scope(version_table=self._table)))


def _named_everywhere(probed: Probe) -> bool:
    """Tell whether something was renamed or altered that could show anywhere."""
    return "pg_extension" in probed.writes or any(map(probed.updated, _NAMED_EVERYWHERE))
