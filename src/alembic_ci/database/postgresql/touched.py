"""What the current transaction touched, found by the server itself.

Locks tell which relations and objects were changed or dropped: DDL holds them until the end of the
transaction. The few changes that take no lock (GRANT, a domain's CHECK, direct writes to the
catalogue) show by the transaction number of the rows, which are looked for only in catalogues that
were written. https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue
from alembic_ci.database.postgresql.section import Unit

OIDS = "o.{}s"
"""The array of the OIDs of all touched units of one kind, of ``oids o`` that `touched` ends in."""

MORE = "(select w.more from writes w)"
"""Whether more may have been touched than is found without being thorough."""

HELD = "held"
"""The common table expression that `touched` needs: this session's locks."""

_MINE = "pg_catalog.mod(pg_catalog.txid_current_if_assigned(), 4294967296)::text::xid"
_UNION, _UNION_ALL = "\nunion ", "\nunion all "
_WEAK = "('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')"

_CLASS, _TYPE, _PROC = catalogue("pg_class"), catalogue("pg_type"), catalogue("pg_proc")


def touched(*, thorough: bool) -> tuple[str, ...]:
    """Return the common table expressions up to ``oids``, which has one row.

    Most of what a statement takes is its start, which grows with all that it might have to do. So
    one that is not *thorough* follows locks, and the columns of what is locked, and `MORE` tells
    whether that was enough.
    """
    oids = ", ".join(
        f"array(select r.oid from touched_{unit}s r) as {unit}s"
        for unit in (Unit.RELATION, Unit.TYPE, Unit.ROUTINE)
    )
    found = (
        _basics(),
        _altered(thorough=thorough),
        _dependents(thorough=thorough),
        _closure(),
    )
    return (*found, f"oids as materialized (select {oids})")


def _count(name: str, word: str) -> str:
    """Return how many rows of this catalogue the transaction inserted, updated or deleted."""
    return f"pg_catalog.pg_stat_get_xact_tuples_{word}({catalogue(name)})"


def _wrote(name: str, *words: str) -> str:
    """Return the condition that the transaction wrote to this catalogue."""
    counts = (_count(name, word) for word in words or ("inserted", "updated", "deleted"))
    return f"{' + '.join(counts)} > 0"


def _fresh(alias: str) -> str:
    """Return the condition that this transaction, or a later one, wrote the row."""
    return f"pg_catalog.age({alias}.xmin) <= pg_catalog.age({_MINE})"


def _flag(name: str) -> str:
    return f"(select w.{name} from writes w)"


def _basics() -> str:
    """Return what was locked, and what has to be searched beside it, because it was written to.

    A new relation (its ``ctid`` is fresh too) has two types that were inserted. What was granted on
    has to be searched in the whole catalogue, so that is done only if more rows were updated than
    the locked relations account for: one for each that is fresh and was not inserted, one for each
    new TOAST table (in its owner), one each if a new table has checks or foreign keys, one for each
    column default, and, where all fresh columns are new ones, one for each that old rows have a
    value of. Who renames a table or moves it to another schema updates its row type as well;
    sequences have none (any more).
    """
    classes, columns = _count("pg_class", "inserted"), _count("pg_attribute", "inserted")
    defaults = f"{_count('pg_attrdef', 'inserted')} + {_count('pg_attrdef', 'deleted')}"
    return f"""locked as materialized (
select l.relation, l.classid, l.objid from {HELD} l where l.mode not in {_WEAK}
 and l.locktype in ('relation', 'object') and l.database <> 0),
fresh_classes as (
select count(*) as rows, sum(case when c.relkind = 't' then 1 when n.new
 then (c.relchecks > 0)::integer + c.relhastriggers::integer else 0 end) as more,
 count(*) filter (where n.new and c.relkind in ('r', 'p', 'v', 'm', 'f')) as tables,
 count(*) filter (where c.relkind = 'S' and not n.new) as sequences
from pg_catalog.pg_class c cross join lateral (select exists (select 1
 from pg_catalog.pg_attribute s where s.attrelid = c.oid and s.attnum = -1 and {_fresh("s")}) as new
 offset 0) n
where c.oid = any (array(select l.relation from locked l)) and {_fresh("c")}),
fresh_columns as (
select count(*) as rows, count(*) filter (where a.atthasmissing and exists (select 1
 from pg_catalog.pg_attrdef d where d.adrelid = a.attrelid and d.adnum = a.attnum
 and {_fresh("d")})) as filled
from pg_catalog.pg_attribute a
where a.attrelid = any (array(select l.relation from locked l)) and {_fresh("a")}),
writes as materialized (select w.*, w.types or w.labels or w.routines or w.relations or w.columns
 or w.names as more
from (select {_wrote("pg_type", "updated")} or {_wrote("pg_description")}
 or {_count("pg_type", "inserted")} > 2 * c.tables as types,
 {_wrote("pg_description")} or {_wrote("pg_constraint", "deleted")} as domains,
 {_wrote("pg_enum")} as labels, {_wrote("pg_constraint")} as constraints,
 {_wrote("pg_proc")} as routines,
 {_count("pg_class", "updated")} > greatest(0, c.rows - {classes}) + coalesce(c.more, 0)
 as relations,
 {_count("pg_attribute", "updated")} > greatest(0, a.rows - {columns}) + {defaults}
 + case when a.rows = {columns} then a.filled else 0 end as columns,
 {_wrote("pg_type", "updated")} or c.sequences > 0 as names,
 {_wrote("pg_attribute", "updated")} as old_columns
from fresh_classes c cross join fresh_columns a offset 0) w)"""


def _altered(*, thorough: bool) -> str:
    """Return the types, routines and relations that were altered."""
    user = f"oid >= {FIRST_USER_OID}"
    types = [
        f"select l.objid as oid from locked l where l.classid = {_TYPE}",
        f"""select t.oid from pg_catalog.pg_type t
 where t.{user} and {_flag("domains")} and t.typtype = 'd'""",
        f"""select k.contypid from pg_catalog.pg_constraint k
 where k.contypid > 0 and {_flag("constraints")} and {_fresh("k")}""",
    ]
    routines = [f"select l.objid as oid from locked l where l.classid = {_PROC}"]
    relations = ["select l.relation as oid from locked l where l.relation is not null"]
    if thorough:
        types += [
            f"""select t.oid from pg_catalog.pg_type t where t.{user} and {_flag("types")}
 and (t.typtype in ('e', 'd', 'r') or t.typtype = 'b' and t.typarray <> 0) and {_fresh("t")}""",
            f"""select e.enumtypid from pg_catalog.pg_enum e
 where {_flag("labels")} and {_fresh("e")}""",
        ]
        routines.append(
            f"select p.oid from pg_catalog.pg_proc p where {_flag('routines')} and {_fresh('p')}"
        )
        relations += [
            f"""select c.oid from pg_catalog.pg_class c
 where c.{user} and {_flag("relations")} and {_fresh("c")}""",
            f"""select a.attrelid from pg_catalog.pg_attribute a
 where a.attrelid >= {FIRST_USER_OID} and {_flag("columns")} and {_fresh("a")}""",
        ]
    altered = {"types": types, "routines": routines, "relations": relations}
    return ",\n".join(
        f"altered_{name} as materialized (\n{_UNION.join(found)})"
        for name, found in altered.items()
    )


def _dependents(*, thorough: bool) -> str:
    """Return what names an altered object in its own definition, for that may be a new name.

    Locked objects are among them: COMMENT locks a constraint or trigger, and not its table. Where
    no name of a table was changed, what names a column depends on this column.
    """
    altered = "any (array(select r.oid from altered_relations r))"
    renamed = [
        f"""select {_CLASS}::oid as classid, a.attrelid as oid,
 pg_catalog.array_agg(a.attnum) as parts
 from pg_catalog.pg_attribute a where {_flag("old_columns")} and a.attrelid = {altered}
 and a.attnum > 0 and {_fresh("a")} group by a.attrelid"""
    ]
    if thorough:
        renamed += [
            f"""select {_CLASS}::oid, c.oid, null from pg_catalog.pg_class c
 where c.oid = {altered} and {_flag("names")} and ({_fresh("c")}
 or exists (select 1 from pg_catalog.pg_attribute a where a.attrelid = c.oid and {_fresh("a")}))""",
            f"""select {_TYPE}::oid, u.oid, null from pg_catalog.pg_type t
 cross join lateral (values (t.oid), (t.typarray)) u (oid)
 where t.oid = any (array(select r.oid from altered_types r union all select c.reltype
 from pg_catalog.pg_class c where c.oid = any (array(select r.oid from altered_relations r))))
 and {_fresh("t")}""",
            f"select {_PROC}::oid, r.oid, null from altered_routines r",
        ]
    return f"""renamed as materialized (
{_UNION_ALL.join(renamed)}),
dependents as materialized (
select d.classid, d.objid from renamed r
 cross join lateral (select d.classid, d.objid from pg_catalog.pg_depend d
 where d.refclassid = r.classid and d.refobjid = r.oid
 and (r.parts is null or d.refobjsubid = any (r.parts))) d
union all select l.classid, l.objid from locked l where l.classid is not null)"""


def _closure() -> str:
    """Return the OIDs of all units to describe: what was altered, its dependents, their owners.

    Constraints, defaults, triggers, rules and policies go with the relation that owns them.
    """
    parts = ("pg_constraint", "pg_attrdef", "pg_trigger", "pg_rewrite", "pg_policy")
    nearby = "any (array(select n.oid from near_relations n))"
    return f"""near_relations as materialized (
select r.oid from altered_relations r
union select d.objid from dependents d where d.classid = {_CLASS}
union select o.refobjid from dependents d
 join pg_catalog.pg_depend o on o.classid = d.classid and o.objid = d.objid
 where d.classid in ({", ".join(map(catalogue, parts))})
 and o.refclassid = {_CLASS} and o.deptype in ('a', 'i')),
touched_relations as materialized (
select n.oid from near_relations n
union select i.indrelid from pg_catalog.pg_index i where i.indexrelid = {nearby}
union select d.refobjid from pg_catalog.pg_depend d where d.classid = {_CLASS}
 and d.objid = {nearby} and d.refclassid = {_CLASS} and d.deptype = 'i'
union select d.objid from pg_catalog.pg_depend d where d.refclassid = {_CLASS}
 and d.refobjid = {nearby} and d.classid = {_CLASS} and d.deptype = 'a'),
touched_types as materialized (
select t.oid from altered_types t
union select d.objid from dependents d where d.classid = {_TYPE}
union select k.contypid from dependents d join pg_catalog.pg_constraint k on k.oid = d.objid
 where d.classid = {catalogue("pg_constraint")} and k.contypid > 0),
touched_routines as materialized (
select r.oid from altered_routines r
union select d.objid from dependents d where d.classid = {_PROC})"""
