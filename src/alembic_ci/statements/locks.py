"""What a statement locks, as its text lets one expect.

What was measured is better, and there is none where nothing was run, and in autocommit blocks,
whose locks are gone when anybody looks. Sources:
https://www.postgresql.org/docs/current/explicit-locking.html and ``sql-altertable.html``;
https://mariadb.com/kb/en/innodb-online-ddl-overview/ and
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alembic_ci.model import Blocks, Lock
from alembic_ci.statements.action import Action
from alembic_ci.urls import Dialect

MODES: Mapping[str, Blocks] = MappingProxyType(
    {
        "AccessShareLock": Blocks.NOTHING,
        "RowShareLock": Blocks.NOTHING,
        "RowExclusiveLock": Blocks.NOTHING,
        "ShareUpdateExclusiveLock": Blocks.SCHEMA,
        "ShareLock": Blocks.WRITES,
        "ShareRowExclusiveLock": Blocks.WRITES,
        "ExclusiveLock": Blocks.WRITES,
        "AccessExclusiveLock": Blocks.READS,
    }
)
"""What the lock modes of PostgreSQL keep others from, the weakest first."""

_UPDATE, _SHARE = "ShareUpdateExclusiveLock", "ShareLock"
_ROW, _ACCESS = "ShareRowExclusiveLock", "AccessExclusiveLock"
_POSTGRESQL = {
    "add foreign key": _ROW,
    "analyze": _UPDATE,
    "attach partition": _UPDATE,
    "cluster": _ACCESS,
    "comment": _UPDATE,
    "create index": _SHARE,
    "create policy": _ACCESS,
    "create rule": _ACCESS,
    "create statistics": _UPDATE,
    "create trigger": _ROW,
    "disable trigger": _ROW,
    "drop index": _ACCESS,
    "drop materialized view": _ACCESS,
    "drop policy": _ACCESS,
    "drop rule": _ACCESS,
    "drop table": _ACCESS,
    "drop trigger": _ACCESS,
    "drop view": _ACCESS,
    "enable trigger": _ROW,
    "lock": _ACCESS,
    "refresh materialized view": _ACCESS,
    "reindex": _SHARE,
    "set options": _UPDATE,
    "set statistics": _UPDATE,
    "truncate table": _ACCESS,
    "vacuum": _UPDATE,
    "vacuum full": _ACCESS,
    "validate constraint": _UPDATE,
}
_CONCURRENTLY = frozenset(
    ["create index", "drop index", "reindex", "detach partition", "refresh materialized view"]
)
_WORST = tuple(Blocks)
_WHOLE = """
add check, add column, add constraint, add exclusion constraint, add primary key,
add unique constraint, alter column, alter constraint, alter table, change type, detach partition,
drop column, drop constraint, drop default, drop expression, drop not null, rename column,
rename constraint, rename table, set default, set not null
"""
_ALTERS = frozenset(kind.strip() for kind in _WHOLE.split(","))
_ON_PARENTS = frozenset(["add foreign key", "create table", "add column"])
_SCANS = frozenset(
    [
        "add check",
        "add exclusion constraint",
        "add foreign key",
        "add primary key",
        "add unique constraint",
        "create index",
        "set not null",
        "validate constraint",
    ]
)
_REWRITES = frozenset(["vacuum full", "cluster", "copy table"])
# What MariaDB and MySQL cannot do in place, so that writes wait for a copy of the table.
_COPIED = frozenset(
    ["add check", "add foreign key", "alter table", "change column", "drop primary key"]
)
_EXCLUSIVE = frozenset(["drop table", "truncate table", "lock"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a statement is expected to lock, write anew and read from end to end."""

    locks: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()


def expected(action: Action, dialect: Dialect) -> Expected:
    """Return what *action* does to tables that hold rows; SQLite has no locks on single tables."""
    rewrites = (action.object,) if action.kind in _REWRITES else ()
    match dialect:
        case Dialect.POSTGRESQL:
            scans = (action.object,) if action.kind in _SCANS and not _unchecked(action) else ()
            return Expected(locks=tuple(_postgresql(action)), rewrites=rewrites, scans=scans)
        case Dialect.MYSQL:
            return Expected(locks=tuple(_mysql(action)), rewrites=rewrites)
        case Dialect.SQLITE:
            return Expected(rewrites=rewrites)


def lock(name: str, mode: str) -> Lock:
    """Return a lock of PostgreSQL with what it keeps others from."""
    return Lock(object=name, mode=mode, blocks=MODES.get(mode, Blocks.READS))


def strongest(locks: Iterable[Lock]) -> tuple[Lock, ...]:
    """Return the strongest of the locks on each table."""
    found: dict[str, Lock] = {}
    for item in locks:
        known = found.setdefault(item.object, item)
        if _WORST.index(item.blocks) > _WORST.index(known.blocks):
            found[item.object] = item
    return tuple(found.values())


def _postgresql(action: Action) -> Iterator[Lock]:
    mode = _POSTGRESQL.get(action.kind) or (_ACCESS if action.kind in _ALTERS else "")
    if action.gently and action.kind in _CONCURRENTLY:
        mode = _UPDATE
    if mode:
        yield lock(action.object, mode)
    if action.kind in _ON_PARENTS:
        yield from (lock(parent, _ROW) for parent in action.others)


def _mysql(action: Action) -> Iterator[Lock]:
    if action.kind in _EXCLUSIVE:
        yield Lock(object=action.object, mode="EXCLUSIVE", blocks=Blocks.READS)
    elif action.kind in _COPIED:
        yield Lock(object=action.object, mode="SHARED", blocks=Blocks.WRITES)


def _unchecked(action: Action) -> bool:
    """Tell whether it leaves old rows unread: NOT VALID, or an index that is there already."""
    return action.gently and action.kind.startswith("add ")
