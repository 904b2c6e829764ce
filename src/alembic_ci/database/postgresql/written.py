"""What the current transaction locked and wrote: statements of `look`.

Locks tell which relations and objects were changed or dropped: DDL holds them until the end of the
transaction. The few changes that take no lock (GRANT, a domain's CHECK, direct writes to the
catalogue) show by the transaction number of the rows, and the counts of what was written tell in
which catalogues to search for them.
https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue
from alembic_ci.database.postgresql.section import V15

WRITTEN = """
 horizon integer = pg_catalog.age(pg_catalog.mod(own, 4294967296)::text::xid);
 transaction bigint;
 by_hand bigint;
 writes text;
 locked pg_catalog.oid[];
 locked_classes pg_catalog.oid[];
 locked_objects pg_catalog.oid[];
 fresh_classes bigint;
 fresh_columns bigint;
 dropped_columns bigint;
 updates_explained bigint;
 defaults_filled bigint;
 new_tables bigint;
 old_sequences bigint;
 rewritten bigint;
 rewritten_toasts bigint;
 transient_columns bigint;
 parts_locked boolean;
 others_written boolean;
 types_written boolean;
 labels_written boolean;
 routines_written boolean;
 relations_written boolean;
 columns_written boolean;
 names_written boolean;
 old_columns boolean;
 more boolean;
 deep boolean;
 some_tables boolean;
 some_sequences boolean;
 some_indexes boolean;
 some_triggers boolean;
 some_rules boolean;"""
"""The variables; ``own`` is this transaction's number.

``more`` tells whether more may have changed than what was locked, ``deep`` whether more than
columns and defaults of what belongs to a relation, ``some_tables`` and so on what there is among
the locked relations.
"""

SOME = "some_tables, some_sequences, some_indexes, some_triggers, some_rules"

_WEAK = "('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')"
_WITH_ROW_TYPE = "('r', 'p', 'v', 'm', 'f')"
_SYSTEM_COLUMNS = 6

_SHALLOW = ("pg_attrdef", "pg_attribute", "pg_class", "pg_sequence", "pg_type")
"""Catalogues that show nothing but tables, columns and sequences.

And types, but those are compared by themselves.
"""


def some(alias: str) -> str:
    """Return what there is among relations."""
    return f"""pg_catalog.bool_or({alias}.relkind in ('r', 'p', 'f', 'v', 'm', 'c')),
 pg_catalog.bool_or({alias}.relkind = 'S'), pg_catalog.bool_or({alias}.relhasindex),
 pg_catalog.bool_or({alias}.relhastriggers), pg_catalog.bool_or({alias}.relhasrules)"""


def _count(name: str, word: str) -> str:
    """Return how many rows of this catalogue the transaction inserted, updated or deleted."""
    return f"pg_catalog.pg_stat_get_xact_tuples_{word}({catalogue(name)})"


def wrote(name: str, *words: str) -> str:
    """Return the condition that the transaction wrote to this catalogue."""
    counted = (_count(name, word) for word in words or ("inserted", "updated", "deleted"))
    return f"{' + '.join(counted)} > 0"


def fresh(alias: str) -> str:
    """Return the condition that this transaction, or a later one, wrote the row."""
    return f"pg_catalog.age({alias}.xmin) <= horizon"


def locks() -> str:
    """Return the statement that reads this session's locks, once.

    ``by_hand`` counts locks on catalogues, which a statement that writes to them keeps, and DDL
    gives back at once; but since 17 not that on pg_depend.
    """
    strong = f"k.mode not in {_WEAK} and k.database <> 0"
    relation, thing = f"k.locktype = 'relation' and {strong}", f"k.locktype = 'object' and {strong}"
    return f"""
 select pg_catalog.array_agg(k.relation) filter (where {relation}),
 pg_catalog.array_agg(k.classid) filter (where {thing}),
 pg_catalog.array_agg(k.objid) filter (where {thing}),
 max(pg_catalog.split_part(k.virtualxid, '/', 2)::bigint)
 filter (where k.virtualxid = k.virtualtransaction),
 count(*) filter (where k.locktype = 'relation' and k.relation < {FIRST_USER_OID}
 and k.relation <> {catalogue("pg_depend")}
 and k.mode not in ('AccessShareLock', 'RowShareLock'))
 into locked, locked_classes, locked_objects, transaction, by_hand
 from pg_catalog.pg_lock_status() k where k.pid = pg_catalog.pg_backend_pid();"""


def counts(oids: str) -> str:
    """Return the statement that counts what was written to each catalogue of *oids*."""
    numbers = ", ".join(
        f"pg_catalog.pg_stat_get_xact_tuples_{word}(c.oid) as {word}"
        for word in ("inserted", "updated", "deleted")
    )
    shallow = ", ".join(map(catalogue, _SHALLOW))
    return f"""
 select pg_catalog.string_agg(pg_catalog.concat_ws(' ', w.oid, w.inserted, w.updated, w.deleted),
 ','), pg_catalog.bool_or(w.oid not in ({shallow})) into writes, others_written
 from (select c.oid, {numbers}
 from pg_catalog.unnest('{{{oids}}}'::pg_catalog.oid[]) c (oid) offset 0) w
 where w.inserted + w.updated + w.deleted > 0;"""


def accounts(version: int) -> str:
    """Return what tells which catalogues have to be searched, because locks do not tell all.

    A new relation (its ``ctid`` is fresh too) has two types that were inserted. What was granted on
    has to be searched in the whole catalogue, so that is done only if more rows were updated than
    the locked relations account for.
    """
    return f"{_relations()}{_columns()}{_searches(version)}"


def _relations() -> str:
    """Return what accounts for updates of pg_class beside one of each row that is fresh.

    That is one for each new TOAST table (in its owner), and one each if a new table has checks or
    foreign keys. A table whose file is called after a locked relation that is gone was rewritten:
    this relation had as many columns, and was updated once, and the name of a TOAST table is
    changed.
    """
    return f"""
 select count(*) filter (where f.fresh),
 coalesce(sum(case when f.relkind = 't' then 1
 else (f.relchecks > 0)::integer + f.relhastriggers::integer end)
 filter (where f.fresh and f.new), 0),
 count(*) filter (where f.fresh and f.new and f.relkind in {_WITH_ROW_TYPE}),
 count(*) filter (where f.fresh and f.relkind = 'S' and not f.new),
 count(*) filter (where f.rewritten),
 count(*) filter (where f.rewritten and f.reltoastrelid <> 0),
 coalesce(sum(f.relnatts + {_SYSTEM_COLUMNS}) filter (where f.rewritten), 0),
 pg_catalog.bool_or(f.relkind in ('i', 'I', 'S')), {some("f")}
 into fresh_classes, updates_explained, new_tables, old_sequences, rewritten, rewritten_toasts,
 transient_columns, parts_locked, {SOME}
 from (select c.relkind, c.relchecks, c.relhastriggers, c.relhasindex, c.relhasrules, c.relnatts,
 c.reltoastrelid, {fresh("c")} as fresh,
 c.relkind in ('r', 'm') and c.relfilenode <> c.oid and c.relfilenode = any (locked)
 and {fresh("c")} as rewritten,
 exists (select 1
 from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attnum = -1 and {fresh("s")}) as new
 from pg_catalog.pg_class c where c.oid = any (locked) offset 0) f;"""


def _columns() -> str:
    """Return what accounts for updates of pg_attribute."""
    return f"""
 select count(*), count(*) filter (where a.attisdropped),
 count(*) filter (where a.atthasmissing and exists (select 1
 from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum
 and {fresh("d")})) into fresh_columns, dropped_columns, defaults_filled
 from pg_catalog.pg_attribute a where a.attrelid = any (locked) and {fresh("a")};"""


def _searches(version: int) -> str:
    """Return what compares the counts with what is accounted for.

    Updates of columns are one for each that is fresh and was not inserted; one for each default
    that came or went (which may be what made a column's row fresh, unless it was dropped), and
    since 15, where all fresh columns are new ones, one for each that old rows have a value of. Who
    renames a table or moves it to another schema updates its row type as well; sequences have none
    (any more).
    """
    classes, columns = _count("pg_class", "inserted"), _count("pg_attribute", "inserted")
    defaults = f"{_count('pg_attrdef', 'inserted')} + {_count('pg_attrdef', 'deleted')}"
    filled = "defaults_filled" if version >= V15 else "0"
    return f"""
 types_written = {wrote("pg_type", "updated")} or {wrote("pg_description")}
 or {_count("pg_type", "inserted")} > 2 * (new_tables + rewritten);
 labels_written = {wrote("pg_enum")};
 routines_written = {wrote("pg_proc")};
 relations_written = {_count("pg_class", "updated")}
 > greatest(0, fresh_classes - {classes} + rewritten)
 + updates_explained + rewritten + 3 * rewritten_toasts;
 columns_written = {_count("pg_attribute", "updated")}
 > greatest(0, fresh_columns - {columns} + transient_columns - dropped_columns - ({defaults}))
 + dropped_columns + {defaults}
 + case when fresh_columns = {columns} then {filled} else 0 end;
 names_written = {wrote("pg_type", "updated")} or old_sequences > 0;
 more = types_written or labels_written or routines_written or relations_written
 or columns_written or names_written;
 old_columns = columns_written or fresh_columns <> {columns}
 or {wrote("pg_attribute", "deleted")};
 deep = more or others_written or coalesce(parts_locked, false)
 or old_columns;"""
