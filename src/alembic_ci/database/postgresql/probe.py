"""The cheap question asked after each step: has this transaction written to the catalogue?

The ``pg_stat_get_xact_*`` functions count what this session wrote and has not reported yet. That is
at least what the current transaction wrote, for a session reports only between transactions.
https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue
from alembic_ci.database.postgresql.parts import PREFIX, UNITS, noted, wanted
from alembic_ci.database.postgresql.section import V15
from alembic_ci.database.postgresql.statement import SECTIONS
from alembic_ci.database.postgresql.touched import HELD, MORE, OIDS, touched
from alembic_ci.database.postgresql.units import UnitKey
from alembic_ci.database.tracking import Value

PROBE, THOROUGH = f"{PREFIX}probe", f"{PREFIX}thorough_probe"
_PREPARED = "alembic_ci.prepared"
PREPARED_SQL = (
    f"select coalesce(max('execute {PROBE}') filter (where s.name = '{PROBE}'), ''),"
    f" pg_catalog.set_config('{_PREPARED}', coalesce(pg_catalog.string_agg(s.name, ' '), ''), true)"
    f" from pg_catalog.pg_prepared_statement() s where pg_catalog.starts_with(s.name, '{PREFIX}')"
)
"""Names the probe if this session, which may be another in each transaction, knows it.

What else it knows is kept for the probe: to look again would be to copy all texts again.
"""

_OWNED_BY_UNITS = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_description",
    "pg_enum",
    "pg_foreign_table",
    "pg_index",
    "pg_inherits",
    "pg_partitioned_table",
    "pg_policy",
    "pg_proc",
    "pg_aggregate",
    "pg_range",
    "pg_rewrite",
    "pg_sequence",
    "pg_trigger",
    "pg_type",
    "pg_authid",
    "pg_tablespace",
    "pg_init_privs",
)

_SINCE = {"pg_publication_namespace": V15}


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """How many rows of one catalogue were inserted, updated and deleted."""

    inserted: int
    updated: int
    deleted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Where the session stands; there is *more* to find out where a thorough probe has to follow.

    Nothing can be found out where each statement is a transaction of its own.

    *transaction* is the session's own count; *own_xid* is 0 while nothing was written; *next_xid*
    is what the next writing transaction will get if none comes between. *by_hand* tells whether a
    statement wrote to a catalogue: it keeps a lock on it that DDL gives back at once. *touched* are
    the units that the transaction may have changed, *wanted* the statements that describe them as
    they are now, *prepared* those that the session knows.
    """

    more: bool
    backend: int
    transaction: int
    own_xid: int
    next_xid: int
    counting: bool
    by_hand: bool
    prepared: frozenset[str]
    touched: frozenset[UnitKey]
    wanted: tuple[str, ...]
    writes: Mapping[str, Writes]

    def updated(self, name: str) -> bool:
        """Tell whether rows of this catalogue were updated."""
        return name in self.writes and self.writes[name].updated > 0

    def follows(self, earlier: "Probe") -> bool:
        """Tell whether all that was written since *earlier* is this transaction's.

        So it is in the same transaction, in the session's very next one, or in the server's very
        next one that writes.
        """
        if self.backend != earlier.backend:
            return False
        if self.transaction - earlier.transaction in {0, 1}:
            return True
        return self.own_xid == earlier.next_xid


def watched(version: int) -> tuple[str, ...]:
    """Return the catalogues whose rows the snapshot shows, on a server of this version."""
    names = {name for section in SECTIONS for name in section.catalogues} | set(_OWNED_BY_UNITS)
    return tuple(sorted(name for name in names if version >= _SINCE.get(name, 0)))


def watched_sql(version: int) -> str:
    """Return a SELECT of the watched catalogues and their OIDs."""
    names = ", ".join(f"('{name}', {catalogue(name)}::oid::bigint)" for name in watched(version))
    return f"select w.name, w.oid from (values {names}) w (name, oid)"


def probe_sql(version: int, watched_oids: Iterable[int], *, thorough: bool) -> str:
    """Return the statement whose answer `probe` reads; the first value is what to ask next.

    That is the *thorough* one, if this one is not and may have missed something.

    It reads the function below the view ``pg_locks`` once, and relies on `PREPARED_SQL` for what is
    prepared. From 15 on the session is also told to report at the end of this transaction, so that
    the counters start from nothing in the next one; before, they may hold up to half a second's
    writes.
    """
    flush = "pg_catalog.pg_stat_force_next_flush()::text" if version >= V15 else "''"
    oids = ",".join(map(str, watched_oids))
    counts = ", ".join(
        f"pg_catalog.pg_stat_get_xact_tuples_{word}(c.oid) as {word}"
        for word in ("inserted", "updated", "deleted")
    )
    texts = ", ".join(f"{OIDS.format(unit)}::text" for unit in UNITS)
    kept = " || ".join(noted(unit, OIDS.format(unit)) for unit in UNITS)
    tables = ",\n".join([_held(), *touched(thorough=thorough)])
    known = f"pg_catalog.current_setting('{_PREPARED}', true)"
    names = f"pg_catalog.string_to_array({known}, ' ')"
    more = "false" if thorough else MORE
    return f"""with {tables}
select case when pg_catalog.txid_current_if_assigned() is null then null
 when not {more} then (
 select pg_catalog.string_agg('execute ' || w.name, pg_catalog.chr(10))
 from pg_catalog.unnest(d.wanted) w (name) where w.name = any ({names}))
 when '{THOROUGH}' = any ({names}) then 'execute {THOROUGH}' else '' end, {more},
 pg_catalog.pg_backend_pid(), l.transaction,
 coalesce(pg_catalog.txid_current_if_assigned(), 0),
 pg_catalog.txid_snapshot_xmax(pg_catalog.txid_current_snapshot()),
 pg_catalog.current_setting('track_counts'), l.by_hand,
 {known}, pg_catalog.array_to_string(d.wanted, ' '), {texts},
 (select pg_catalog.string_agg(pg_catalog.concat_ws(' ', w.oid, w.inserted, w.updated,
 w.deleted), ',') from (select c.oid, {counts}
 from pg_catalog.unnest('{{{oids}}}'::pg_catalog.oid[]) c (oid) offset 0) w
 where w.inserted + w.updated + w.deleted > 0), {flush}, pg_catalog.length({kept})
from oids o
cross join (select max(pg_catalog.split_part(k.virtualxid, '/', 2)::bigint)
 filter (where k.virtualxid = k.virtualtransaction) as transaction,
 count(k.relation) filter (where k.locktype = 'relation' and k.relation < {FIRST_USER_OID}
 and k.mode not in ('AccessShareLock', 'RowShareLock')) as by_hand from {HELD} k) l
cross join lateral (select {wanted(OIDS)} as wanted offset 0) d"""


def _held() -> str:
    return f"""{HELD} as materialized (select * from pg_catalog.pg_lock_status() k
 where k.pid = pg_catalog.pg_backend_pid())"""


def probe(answer: Sequence[Value], names: Mapping[int, str]) -> Probe:
    """Read the answer to `probe_sql`; *names* are those of the watched catalogues."""
    _, more, backend, transaction, own, following, counting, by_hand, *texts = answer
    prepared, wanted_names, *arrays, writes, _, _ = (str(text or "") for text in texts)
    entries = (entry.split(" ") for entry in writes.split(",") if entry)
    return Probe(
        more=bool(more and own),
        backend=_number(backend),
        transaction=_number(transaction),
        own_xid=_number(own),
        next_xid=_number(own) + 1 if own else _number(following),
        counting=counting == "on",
        by_hand=_number(by_hand) > 0,
        prepared=frozenset(prepared.split()),
        touched=frozenset(
            (unit.value, int(oid))
            for unit, array in zip(UNITS, arrays, strict=True)
            for oid in array.strip("{}").split(",")
            if oid
        ),
        wanted=tuple(wanted_names.split()),
        writes={names[int(oid)]: _writes(counts) for oid, *counts in entries},
    )


def _number(value: Value) -> int:
    return int(value or 0)


def _writes(counts: Sequence[str]) -> Writes:
    inserted, updated, deleted = map(int, counts)
    return Writes(inserted=inserted, updated=updated, deleted=deleted)
