"""What the server says after each step: has this transaction written to the catalogue, and where?

The ``pg_stat_get_xact_*`` functions count what this session wrote and has not reported yet. That is
at least what the current transaction wrote, for a session reports only between transactions.
https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.postgresql.fragments import catalogue
from alembic_ci.database.postgresql.section import V15, Unit
from alembic_ci.database.postgresql.statement import SECTIONS
from alembic_ci.database.postgresql.units import UnitKey
from alembic_ci.database.tracking import Rows, Value

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
    """Where the session stands, and what its transaction did.

    Nothing can be found out where each statement is a transaction of its own.

    *transaction* is the session's own count; *own_xid* is 0 while nothing was written; *next_xid*
    is what the next writing transaction will get if none comes between. *by_hand* tells whether a
    statement wrote to a catalogue itself. *touched* are the units that the transaction may have
    changed, *described* the rows of those that are there now.
    """

    backend: int
    transaction: int
    own_xid: int
    next_xid: int
    counting: bool
    by_hand: bool
    writes: Mapping[str, Writes]
    touched: frozenset[UnitKey]
    described: Rows

    def updated(self, name: str) -> bool:
        """Tell whether rows of this catalogue were updated."""
        return name in self.writes and self.writes[name].updated > 0

    def follows(self, earlier: "Probe") -> bool:
        """Tell whether all that this session wrote since *earlier* is this transaction's.

        So it is in the same transaction, in the session's very next one, or in the server's very
        next one that writes. What another session commits meanwhile shows in the end only, when
        everything is read.
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


def probe(answer: Value, names: Mapping[int, str]) -> Probe:
    """Read what the function of `look` returned; *names* are those of the watched catalogues."""
    head, *described = json.loads(str(answer))
    backend, transaction, own, following, counting, by_hand, writes, deep, *oids = head
    relations, types, routines = oids
    units = {
        Unit.RELATION: relations,
        Unit.DEPENDENT: relations if deep else (),
        Unit.TYPE: types,
        Unit.ROUTINE: routines,
    }
    entries = (entry.split(" ") for entry in writes.split(",") if entry)
    return Probe(
        backend=backend,
        transaction=transaction,
        own_xid=own,
        next_xid=own + 1 if own else following,
        counting=counting,
        by_hand=by_hand,
        writes={names[int(oid)]: _writes(counts) for oid, *counts in entries},
        touched=frozenset((unit.value, oid) for unit, found in units.items() for oid in found),
        described=described,
    )


def _writes(counts: Sequence[str]) -> Writes:
    inserted, updated, deleted = map(int, counts)
    return Writes(inserted=inserted, updated=updated, deleted=deleted)
