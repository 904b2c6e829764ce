"""What the current transaction touched, found by the server itself: statements of `look`.

Locks tell which relations and objects were changed or dropped: DDL holds them until the end of the
transaction. The few changes that take no lock (GRANT, a domain's CHECK, direct writes to the
catalogue) show by the transaction number of the rows, which are looked for only in catalogues that
were written. https://www.postgresql.org/docs/current/view-pg-locks.html

What costs most is to start a statement, which grows with all that it might have to do. So each does
little, and runs only where what was counted says that it may find something.
"""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue

DECLARED = """
 horizon integer = pg_catalog.age(pg_catalog.mod(own, 4294967296)::text::xid);
 locked pg_catalog.oid[];
 locked_classes pg_catalog.oid[];
 locked_objects pg_catalog.oid[];
 fresh_classes bigint;
 fresh_columns bigint;
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
 near_relations pg_catalog.oid[];
 classes pg_catalog.oid[];
 objects pg_catalog.oid[];
 classes_found pg_catalog.oid[];
 objects_found pg_catalog.oid[];
 touched_relations pg_catalog.oid[];
 touched_types pg_catalog.oid[];
 touched_routines pg_catalog.oid[];
 some_tables boolean;
 some_sequences boolean;
 some_indexes boolean;
 some_triggers boolean;
 some_rules boolean;"""
"""The variables; ``own`` is this transaction's number.

``deep`` tells whether more than columns and defaults may have changed of what belongs to a
relation; of the relations, types and routines ``touched``, those that were dropped are among them.
"""

_WEAK = "('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')"
_CLASS, _TYPE, _PROC = catalogue("pg_class"), catalogue("pg_type"), catalogue("pg_proc")
_WITH_ROW_TYPE = "('r', 'p', 'v', 'm', 'f')"

_SYSTEM_COLUMNS = 6

_SHALLOW = ("pg_attrdef", "pg_attribute", "pg_class", "pg_sequence", "pg_type")
"""Catalogues that show nothing but tables, columns and sequences.

And types, but those are compared by themselves.
"""


def locks() -> str:
    """Return the statement that reads this session's locks, once.

    ``by_hand`` counts locks on catalogues, which a statement that writes to them keeps, and DDL
    gives back at once.
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


def touched() -> str:
    """Return the statements that find what was touched."""
    return f"{_basics()}{_altered()}{_dependents()}{_closure()}"


def _count(name: str, word: str) -> str:
    """Return how many rows of this catalogue the transaction inserted, updated or deleted."""
    return f"pg_catalog.pg_stat_get_xact_tuples_{word}({catalogue(name)})"


def _wrote(name: str, *words: str) -> str:
    """Return the condition that the transaction wrote to this catalogue."""
    counted = (_count(name, word) for word in words or ("inserted", "updated", "deleted"))
    return f"{' + '.join(counted)} > 0"


def _fresh(alias: str) -> str:
    """Return the condition that this transaction, or a later one, wrote the row."""
    return f"pg_catalog.age({alias}.xmin) <= horizon"


_SOME = "some_tables, some_sequences, some_indexes, some_triggers, some_rules"


def _some(alias: str) -> str:
    """Return what there is among relations."""
    return f"""pg_catalog.bool_or({alias}.relkind in ('r', 'p', 'f', 'v', 'm', 'c')),
 pg_catalog.bool_or({alias}.relkind = 'S'), pg_catalog.bool_or({alias}.relhasindex),
 pg_catalog.bool_or({alias}.relhastriggers), pg_catalog.bool_or({alias}.relhasrules)"""


def _basics() -> str:
    """Return what tells which catalogues have to be searched, because locks do not tell all.

    A new relation (its ``ctid`` is fresh too) has two types that were inserted. What was granted on
    has to be searched in the whole catalogue, so that is done only if more rows were updated than
    the locked relations account for: one for each that is fresh and was not inserted, one for each
    new TOAST table (in its owner), one each if a new table has checks or foreign keys, one for each
    column default, and, where all fresh columns are new ones, one for each that old rows have a
    value of. A table whose file is called after a locked relation that is gone was rewritten: this
    relation had as many columns, and was updated once, and the name of a TOAST table is changed.
    Who renames a table or moves it to another schema updates its row type as well;
    sequences have none (any more).
    """
    classes, columns = _count("pg_class", "inserted"), _count("pg_attribute", "inserted")
    defaults = f"{_count('pg_attrdef', 'inserted')} + {_count('pg_attrdef', 'deleted')}"
    return f"""
 select count(*) filter (where f.fresh),
 coalesce(sum(case when f.relkind = 't' then 1 when f.new
 then (f.relchecks > 0)::integer + f.relhastriggers::integer else 0 end)
 filter (where f.fresh), 0),
 count(*) filter (where f.fresh and f.new and f.relkind in {_WITH_ROW_TYPE}),
 count(*) filter (where f.fresh and f.relkind = 'S' and not f.new),
 count(*) filter (where f.rewritten),
 count(*) filter (where f.rewritten and f.reltoastrelid <> 0),
 coalesce(sum(f.relnatts + {_SYSTEM_COLUMNS}) filter (where f.rewritten), 0),
 pg_catalog.bool_or(f.relkind in ('i', 'I', 'S')), {_some("f")}
 into fresh_classes, updates_explained, new_tables, old_sequences, rewritten, rewritten_toasts,
 transient_columns, parts_locked, {_SOME}
 from (select c.relkind, c.relchecks, c.relhastriggers, c.relhasindex, c.relhasrules, c.relnatts,
 c.reltoastrelid, {_fresh("c")} as fresh,
 c.relfilenode <> c.oid and c.relfilenode = any (locked) and {_fresh("c")} as rewritten,
 exists (select 1
 from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attnum = -1 and {_fresh("s")}) as new
 from pg_catalog.pg_class c where c.oid = any (locked) offset 0) f;
 select count(*), count(*) filter (where a.atthasmissing and exists (select 1
 from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum
 and {_fresh("d")})) into fresh_columns, defaults_filled
 from pg_catalog.pg_attribute a where a.attrelid = any (locked) and {_fresh("a")};
 types_written = {_wrote("pg_type", "updated")} or {_wrote("pg_description")}
 or {_count("pg_type", "inserted")} > 2 * (new_tables + rewritten);
 labels_written = {_wrote("pg_enum")};
 routines_written = {_wrote("pg_proc")};
 relations_written = {_count("pg_class", "updated")}
 > greatest(0, fresh_classes - {classes} + rewritten)
 + updates_explained + rewritten + 3 * rewritten_toasts;
 columns_written = {_count("pg_attribute", "updated")}
 > greatest(0, fresh_columns - {columns} + transient_columns) + {defaults}
 + case when fresh_columns = {columns} then defaults_filled else 0 end;
 names_written = {_wrote("pg_type", "updated")} or old_sequences > 0;
 more = types_written or labels_written or routines_written or relations_written
 or columns_written or names_written;
 old_columns = fresh_columns <> {columns} or {_wrote("pg_attribute", "deleted")};
 deep = more or others_written or coalesce(parts_locked, false)
 or old_columns;"""


def _altered() -> str:
    """Return what finds the types, routines and relations that were altered."""
    user = f"oid >= {FIRST_USER_OID}"
    return f"""
 touched_types = array(select l.objid from unnest(locked_classes, locked_objects)
 l (classid, objid) where l.classid = {_TYPE});
 touched_routines = array(select l.objid from unnest(locked_classes, locked_objects)
 l (classid, objid) where l.classid = {_PROC});
 near_relations = locked;
 if {_wrote("pg_description")} or {_wrote("pg_constraint", "deleted")} then
 touched_types = touched_types || array(select t.oid from pg_catalog.pg_type t
 where t.{user} and t.typtype = 'd');
 end if;
 if {_wrote("pg_constraint")} then
 touched_types = touched_types || array(select k.contypid from pg_catalog.pg_constraint k
 where k.contypid > 0 and {_fresh("k")});
 end if;
 if types_written then
 touched_types = touched_types || array(select t.oid from pg_catalog.pg_type t where t.{user}
 and (t.typtype in ('e', 'd', 'r') or t.typtype = 'b' and t.typarray <> 0) and {_fresh("t")});
 end if;
 if labels_written then
 touched_types = touched_types || array(select e.enumtypid from pg_catalog.pg_enum e
 where {_fresh("e")});
 end if;
 if routines_written then
 touched_routines = touched_routines || array(select p.oid from pg_catalog.pg_proc p
 where {_fresh("p")});
 end if;
 if relations_written then
 near_relations = near_relations || array(select c.oid from pg_catalog.pg_class c
 where c.{user} and {_fresh("c")});
 end if;
 if columns_written then
 near_relations = near_relations || array(select a.attrelid from pg_catalog.pg_attribute a
 where a.attrelid >= {FIRST_USER_OID} and {_fresh("a")});
 end if;"""


def _dependents() -> str:
    """Return what finds that which names an altered object in its own definition.

    For that may be a new name. Locked objects are among them: COMMENT locks a constraint or
    trigger, and not its table. Where no name of a table was changed, what names a column depends on
    this column.
    """
    depend = "pg_catalog.array_agg(d.classid), pg_catalog.array_agg(d.objid)"
    found = "classes_found, objects_found"
    add = "classes = classes || classes_found;\n objects = objects || objects_found;"
    return f"""
 classes = locked_classes;
 objects = locked_objects;
 if old_columns then
 select {depend} into {found} from pg_catalog.pg_attribute a join pg_catalog.pg_depend d
 on d.refclassid = {_CLASS} and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
 where a.attrelid = any (near_relations) and a.attnum > 0 and {_fresh("a")};
 {add}
 end if;
 if more then
 select {depend} into {found} from (
 select {_CLASS}::oid as classid, c.oid from pg_catalog.pg_class c
 where names_written and c.oid = any (near_relations) and ({_fresh("c")}
 or exists (select 1 from pg_catalog.pg_attribute a where a.attrelid = c.oid and {_fresh("a")}))
 union all
 select {_TYPE}::oid, u.oid from pg_catalog.pg_type t
 cross join lateral (values (t.oid), (t.typarray)) u (oid)
 where t.oid = any (touched_types || array(select c.reltype from pg_catalog.pg_class c
 where c.oid = any (near_relations))) and {_fresh("t")}
 union all
 select {_PROC}::oid, r.oid from pg_catalog.unnest(touched_routines) r (oid)) r
 join pg_catalog.pg_depend d on d.refclassid = r.classid and d.refobjid = r.oid;
 {add}
 end if;"""


def _closure() -> str:
    """Return what finds all units to describe: what was altered, its dependents, their owners.

    Constraints, defaults, triggers, rules and policies go with the relation that owns them.
    """
    parts = ("pg_constraint", "pg_attrdef", "pg_trigger", "pg_rewrite", "pg_policy")
    dependents = "unnest(classes, objects) d (classid, objid)"
    near = "any (near_relations)"
    return f"""
 touched_relations = locked;
 if objects <> '{{}}' then
 near_relations = near_relations
 || array(select d.objid from {dependents} where d.classid = {_CLASS})
 || array(select o.refobjid from {dependents}
 join pg_catalog.pg_depend o on o.classid = d.classid and o.objid = d.objid
 where d.classid in ({", ".join(map(catalogue, parts))})
 and o.refclassid = {_CLASS} and o.deptype in ('a', 'i'));
 touched_types = touched_types
 || array(select d.objid from {dependents} where d.classid = {_TYPE})
 || array(select k.contypid from {dependents} join pg_catalog.pg_constraint k on k.oid = d.objid
 where d.classid = {catalogue("pg_constraint")} and k.contypid > 0);
 touched_routines = touched_routines
 || array(select d.objid from {dependents} where d.classid = {_PROC});
 end if;
 if objects <> '{{}}' or parts_locked or relations_written or columns_written then
 select pg_catalog.array_agg(n.oid), {_some("c")} into touched_relations, {_SOME}
 from (select pg_catalog.unnest(near_relations) as oid
 union select i.indrelid from pg_catalog.pg_index i where i.indexrelid = {near}
 union select d.refobjid from pg_catalog.pg_depend d where d.classid = {_CLASS}
 and d.objid = {near} and d.refclassid = {_CLASS} and d.deptype = 'i') n
 left join pg_catalog.pg_class c on c.oid = n.oid;
 end if;"""
