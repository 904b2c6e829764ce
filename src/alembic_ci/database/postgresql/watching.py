"""Which locks a statement took, and whether it wrote a table anew or read it from end to end.

After each statement the migration's own connection is asked for the locks that its transaction
holds by now, with the file and the number of scans of each table (``pg_relation_filenode`` and
``pg_stat_get_xact_numscans``). Before the commit our own connection, which still sees everything
as it was, is asked for the tables behind these locks. A table that it does not know is new. One
whose file is another was rewritten, for every rewrite takes a lock of the strongest kind first.
https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID
from alembic_ci.database.tracking import Query, Value
from alembic_ci.statements import MODES, Measured, lock

_WEAK = ("AccessShareLock", "RowShareLock", "RowExclusiveLock")
_STRENGTH = tuple(MODES)
_FLUSHES = (15,)
_FLUSH = "pg_catalog.pg_stat_force_next_flush()::text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    """One table as a transaction sees it after a statement: modes held, file, scans so far."""

    modes: frozenset[str]
    file: int
    scans: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A table as it was before the transaction."""

    name: str
    file: int


Tables = Mapping[int, _Table]
Rows = Sequence[Sequence[Value]]


def watch_sql(version: tuple[int, ...]) -> str:
    """Return the query to run after each statement, for a server of this version: ``(17, 2)``.

    There is no join in it, which would take longer to plan than to run.

    Sessions keep their counts for up to a second. From 15 on this one is told to report them at
    the end of the transaction, so that the next one counts from nothing; before, scans cannot be
    told from those of earlier transactions, and are not counted.
    """
    counts = "pg_catalog.pg_stat_get_xact_numscans(l.relation)::bigint"
    flush = f", {_FLUSH}" if version >= _FLUSHES else ""
    weak = ", ".join(f"'{mode}'" for mode in _WEAK)
    return f"""select l.relation::bigint, l.mode,
 coalesce(pg_catalog.pg_relation_filenode(l.relation), 0)::bigint,
 {counts if flush else "null"}{flush}
from pg_catalog.pg_lock_status() l
where l.pid = pg_catalog.pg_backend_pid() and l.locktype = 'relation'
 and l.relation >= {FIRST_USER_OID} and l.mode not in ({weak}) and l.granted"""


def flush_sql(version: tuple[int, ...]) -> str:
    """Return the query to run in a transaction that nobody watches, before one that is watched."""
    return f"select {_FLUSH}" if version >= _FLUSHES else ""


def tables_before(rows: Rows, committed: Query) -> Tables:
    """Return the tables behind the locks in *rows*, as another connection sees them."""
    oids = ",".join(str(oid) for oid in sorted({int(row[0] or 0) for row in rows}))
    return _tables(committed, f"c.oid = any ('{{{oids}}}'::pg_catalog.oid[])") if oids else {}


def every_table(committed: Query) -> Tables:
    """Return all tables, for a revision that commits in the middle."""
    return _tables(committed, f"c.oid >= {FIRST_USER_OID}")


def _tables(committed: Query, condition: str) -> Tables:
    found = committed(f"""select c.oid::bigint, c.relfilenode::bigint,
 case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where {condition} and c.relkind in ('r', 'p', 'm', 'v', 'f')""")
    return {int(oid or 0): _Table(name=str(name), file=int(file or 0)) for oid, file, name in found}


def measured(watched: Iterable[Rows | None], before: Tables) -> Iterator[Measured | None]:
    """Yield what each statement did, given what was seen after it; None where nothing was seen."""
    last: dict[int, _Standing] = {}
    files = {oid: table.file for oid, table in before.items()}
    for rows in watched:
        if rows is None:
            yield None
            continue
        now = _standings(rows, before)
        yield _between(last, now, before, files)
        files.update((oid, standing.file) for oid, standing in now.items() if standing.file)
        last = now


def _standings(rows: Rows, before: Tables) -> dict[int, _Standing]:
    """Return them in the order of the tables' names; the server lists locks in no order."""
    found: dict[int, _Standing] = {}
    for oid, mode, file, scans, *_ in rows:
        known = int(oid or 0)
        if known in before:
            modes = found[known].modes if known in found else frozenset()
            found[known] = _Standing(
                modes=modes | {str(mode)},
                file=int(file or 0),
                scans=None if scans is None else int(scans),
            )
    return dict(sorted(found.items(), key=lambda item: before[item[0]].name))


def _between(
    last: Mapping[int, _Standing],
    now: Mapping[int, _Standing],
    before: Tables,
    files: Mapping[int, int],
) -> Measured:
    locks = []
    for oid, standing in now.items():
        new = standing.modes - (last[oid].modes if oid in last else frozenset())
        if new:
            locks.append(lock(before[oid].name, max(new, key=_STRENGTH.index)))
    rewritten = {oid for oid, standing in now.items() if standing.file not in {0, files[oid]}}
    return Measured(
        locks=tuple(locks),
        held=frozenset(before[oid].name for oid in now if oid in last),
        rewrites=tuple(before[oid].name for oid in now if oid in rewritten),
        scans=_scans(last, now, before, rewritten),
    )


def _scans(
    last: Mapping[int, _Standing],
    now: Mapping[int, _Standing],
    before: Tables,
    rewritten: Collection[int],
) -> tuple[str, ...] | None:
    """Return the tables that were only read; None if the server does not tell."""
    if any(standing.scans is None for standing in now.values()):
        return None
    return tuple(
        before[oid].name
        for oid, standing in now.items()
        if oid not in rewritten and (standing.scans or 0) > _scanned(last.get(oid))
    )


def _scanned(standing: _Standing | None) -> int:
    return (standing.scans if standing else None) or 0
