"""What the current transaction touched, found by the server itself: statements of `look`.

What costs most is to start a statement, which grows with all that it might have to do. So each does
little, and runs only where what was locked and counted says that it may find something.
"""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue
from alembic_ci.database.postgresql.written import SOME, fresh, some, wrote

TOUCHED = """
 near_relations pg_catalog.oid[];
 classes pg_catalog.oid[];
 objects pg_catalog.oid[];
 classes_found pg_catalog.oid[];
 objects_found pg_catalog.oid[];
 touched_relations pg_catalog.oid[];
 touched_types pg_catalog.oid[];
 touched_routines pg_catalog.oid[];"""
"""The variables; among what was touched is what was dropped."""

_CLASS, _TYPE, _PROC = catalogue("pg_class"), catalogue("pg_type"), catalogue("pg_proc")


def touched() -> str:
    """Return the statements that find what was touched."""
    return f"{_altered()}{_dependents()}{_closure()}"


def _altered() -> str:
    """Return what finds the types, routines and relations that were altered."""
    user = f"oid >= {FIRST_USER_OID}"
    return f"""
 touched_types = array(select l.objid from unnest(locked_classes, locked_objects)
 l (classid, objid) where l.classid = {_TYPE});
 touched_routines = array(select l.objid from unnest(locked_classes, locked_objects)
 l (classid, objid) where l.classid = {_PROC});
 near_relations = locked;
 if {wrote("pg_description")} or {wrote("pg_constraint", "deleted")} then
 touched_types = touched_types || array(select t.oid from pg_catalog.pg_type t
 where t.{user} and t.typtype = 'd');
 end if;
 if {wrote("pg_constraint")} then
 touched_types = touched_types || array(select k.contypid from pg_catalog.pg_constraint k
 where k.contypid > 0 and {fresh("k")});
 end if;
 if types_written then
 touched_types = touched_types || array(select t.oid from pg_catalog.pg_type t where t.{user}
 and (t.typtype in ('e', 'd', 'r') or t.typtype = 'b' and t.typarray <> 0) and {fresh("t")});
 end if;
 if labels_written then
 touched_types = touched_types || array(select e.enumtypid from pg_catalog.pg_enum e
 where {fresh("e")});
 end if;
 if routines_written then
 touched_routines = touched_routines || array(select p.oid from pg_catalog.pg_proc p
 where {fresh("p")});
 end if;
 if relations_written then
 near_relations = near_relations || array(select c.oid from pg_catalog.pg_class c
 where c.{user} and {fresh("c")});
 end if;
 if columns_written then
 near_relations = near_relations || array(select a.attrelid from pg_catalog.pg_attribute a
 where a.attrelid >= {FIRST_USER_OID} and {fresh("a")});
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
 where a.attrelid = any (near_relations) and a.attnum > 0 and {fresh("a")};
 {add}
 end if;
 if more then
 select {depend} into {found} from (
 select {_CLASS}::oid as classid, c.oid from pg_catalog.pg_class c
 where names_written and c.oid = any (near_relations) and ({fresh("c")}
 or exists (select 1 from pg_catalog.pg_attribute a where a.attrelid = c.oid and {fresh("a")}))
 union all
 select {_TYPE}::oid, u.oid from pg_catalog.pg_type t
 cross join lateral (values (t.oid), (t.typarray)) u (oid)
 where t.oid = any (touched_types || array(select c.reltype from pg_catalog.pg_class c
 where c.oid = any (near_relations))) and (labels_written or {fresh("t")})
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
 select pg_catalog.array_agg(n.oid), {some("c")} into touched_relations, {SOME}
 from (select pg_catalog.unnest(near_relations) as oid
 union select i.indrelid from pg_catalog.pg_index i where i.indexrelid = {near}
 union select d.refobjid from pg_catalog.pg_depend d where d.classid = {_CLASS}
 and d.objid = {near} and d.refclassid = {_CLASS} and d.deptype = 'i') n
 left join pg_catalog.pg_class c on c.oid = n.oid;
 end if;"""
