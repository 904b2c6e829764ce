"""What the current transaction touched, found by the server itself.

Locks tell which relations and objects were changed or dropped: DDL holds them until the end of the
transaction. The few changes that take no lock (GRANT, a domain's CHECK, direct writes to the
catalogue) show by the transaction number of the rows, which are looked for only in catalogues that
were written. https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, catalogue
from alembic_ci.database.postgresql.scope import Scope, VersionTable
from alembic_ci.database.postgresql.section import Section, Unit
from alembic_ci.database.postgresql.statement import SECTIONS, SETTINGS_ROW, describe

PART = "part"

_UNITS = (Unit.RELATION, Unit.TYPE, Unit.ROUTINE)
_AMONG = "(select o.{}s from oids o)::pg_catalog.oid[]"
_SETTING = "alembic_ci.{}s"
_WEAK = "('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')"

_COUNTED = (
    "pg_attrdef",
    "pg_attribute",
    "pg_class",
    "pg_constraint",
    "pg_description",
    "pg_enum",
    "pg_proc",
    "pg_type",
)

_CLASS, _TYPE, _PROC = catalogue("pg_class"), catalogue("pg_type"), catalogue("pg_proc")


def touched_statement(version: int, version_table: VersionTable) -> str:
    """Return the statement that describes what the current transaction touched.

    What few relations have is left to statements of `PARTS`: most of what each statement takes is
    its start, which grows with all that it might have to do. Rows of the unit `PART` name those to
    run; they find what was touched in settings of this transaction.
    """
    among = {unit: _AMONG.format(unit) for unit in _UNITS}
    noted = " || ".join(
        f"pg_catalog.set_config('{_SETTING.format(unit)}', {oids}::text, true)"
        for unit, oids in among.items()
    )
    markers = [
        f"select '{SETTINGS_ROW}', pg_catalog.length({noted})",
        *(f"select '{unit}', pg_catalog.unnest({oids})::bigint" for unit, oids in among.items()),
        *(
            f"select '{PART}', {number} where exists ({found.format(among[unit])})"
            for number, (unit, found) in enumerate(PARTS)
        ),
    ]
    oids = ", ".join(f"array(select r.oid from touched_{unit}s r) as {unit}s" for unit in _UNITS)
    before = [_basics(), _objects(), _relations(), _dependents(), _closure()]
    return describe(
        version,
        [section for section in SECTIONS if section.unit in _UNITS and not section.found],
        _scope(version_table, _AMONG),
        before=[*before, f"oids as materialized (select {oids})"],
        markers=markers,
    )


def part_statement(version: int, version_table: VersionTable, number: int) -> str:
    """Return a further statement for what `touched_statement` found, in the same transaction."""
    setting = f"pg_catalog.current_setting('{_SETTING}')::pg_catalog.oid[]"
    sections = [section for section in SECTIONS if _part(section) == PARTS[number]]
    return describe(version, sections, _scope(version_table, setting))


def _part(section: Section) -> tuple[Unit, str]:
    return section.unit, section.found


PARTS = tuple(dict.fromkeys(_part(section) for section in SECTIONS if section.found))


def _scope(version_table: VersionTable, oids: str) -> Scope:
    return Scope(
        version_table=version_table,
        relations=f"c.oid = any ({oids.format(Unit.RELATION)})",
        types=f"t.oid = any ({oids.format(Unit.TYPE)})",
        routines=f"p.oid = any ({oids.format(Unit.ROUTINE)})",
    )


def _wrote(*names: str) -> str:
    """Return the condition that the transaction wrote to one of these catalogues."""
    written = " + ".join(
        f"w.{name}_{word}" for name in names for word in ("inserted", "updated", "deleted")
    )
    return f"(select {written} > 0 from writes w)"


def _fresh(alias: str) -> str:
    """Return the condition that this transaction, or a later one, wrote the row."""
    return f"pg_catalog.age({alias}.xmin) <= (select pg_catalog.age(m.xid) from mine m)"


def _basics() -> str:
    counts = ", ".join(
        f"pg_catalog.pg_stat_get_xact_tuples_{word}({catalogue(name)}) as {name}_{word}"
        for name in _COUNTED
        for word in ("inserted", "updated", "deleted")
    )
    return f"""mine as materialized (
select pg_catalog.mod(pg_catalog.txid_current(), 4294967296)::text::xid as xid),
writes as materialized (select {counts}),
locked as materialized (
select l.relation, l.classid, l.objid from pg_catalog.pg_locks l
where l.pid = pg_catalog.pg_backend_pid() and l.mode not in {_WEAK}
 and l.locktype in ('relation', 'object') and l.database = (select d.oid
 from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())),
fresh_classes as materialized (
select case when c.relkind = 't' then 1 when exists (select 1 from pg_catalog.pg_attribute s
 where s.attrelid = c.oid and s.attnum = -1 and {_fresh("s")})
 then (c.relchecks > 0)::integer + c.relhastriggers::integer else 0 end as more
from pg_catalog.pg_class c
where c.oid = any (array(select l.relation from locked l)) and {_fresh("c")}),
fresh_columns as materialized (
select a.atthasmissing and exists (select 1 from pg_catalog.pg_attrdef d
 where d.adrelid = a.attrelid and d.adnum = a.attnum and {_fresh("d")}) as filled
from pg_catalog.pg_attribute a
where a.attrelid = any (array(select l.relation from locked l)) and {_fresh("a")})"""


def _objects() -> str:
    """Return the types and routines that were altered."""
    domains = "(select w.pg_constraint_deleted > 0 from writes w)"
    domains = f"({domains} or {_wrote('pg_description')})"
    types = _wrote("pg_type", "pg_description", "pg_constraint")
    return f"""altered_types as materialized (
select t.oid from pg_catalog.pg_type t
 where t.oid >= {FIRST_USER_OID} and {types} and (t.typtype in ('e', 'd', 'r')
 or t.typtype = 'b' and t.typarray <> 0) and ({_fresh("t")} or t.typtype = 'd' and {domains})
union select e.enumtypid from pg_catalog.pg_enum e where {_wrote("pg_enum")} and {_fresh("e")}
union select k.contypid from pg_catalog.pg_constraint k
 where k.contypid > 0 and {_wrote("pg_constraint")} and {_fresh("k")}
union select l.objid from locked l where l.classid = {_TYPE}),
altered_routines as materialized (
select p.oid from pg_catalog.pg_proc p where {_wrote("pg_proc")} and {_fresh("p")}
union select l.objid from locked l where l.classid = {_PROC})"""


def _relations() -> str:
    """Return the relations that were altered: locked, or granted on, which takes no lock.

    What was granted on has to be searched in the whole catalogue, so that is done only if more rows
    were updated than the locked relations account for: one for each that is fresh and was not
    inserted, one for each new TOAST table (in its owner), one each if a new table (its ``ctid`` is
    fresh too) has checks or foreign keys, one for each column default, and, where all fresh columns
    are new ones, one for each that old rows have a value of.
    """
    classes = "(select count(*) from fresh_classes f)"
    more = "(select coalesce(sum(f.more), 0) from fresh_classes f)"
    columns = "(select count(*) from fresh_columns f)"
    filled = "(select count(*) from fresh_columns f where f.filled)"
    defaults = "w.pg_attrdef_inserted + w.pg_attrdef_deleted"
    defaults += f" + case when {columns} = w.pg_attribute_inserted then {filled} else 0 end"
    return f"""altered_relations as materialized (
select l.relation as oid from locked l where l.relation is not null
union select c.oid from pg_catalog.pg_class c
 where c.oid >= {FIRST_USER_OID}
 and {_unexplained("pg_class", classes, more)} and {_fresh("c")}
union select a.attrelid from pg_catalog.pg_attribute a
 where a.attrelid >= {FIRST_USER_OID}
 and {_unexplained("pg_attribute", columns, defaults)} and {_fresh("a")})"""


def _unexplained(name: str, fresh: str, more: str) -> str:
    return (
        f"(select w.{name}_updated > greatest(0, {fresh} - w.{name}_inserted) + {more}"
        " from writes w)"
    )


def _dependents() -> str:
    """Return what names an altered object in its own definition, for that may be a new name.

    Locked objects are among them: COMMENT locks a constraint or trigger, and not its table. Whoever
    renames a table or moves it to another schema updates its row type as well; without that its
    name is what it was, and what names a column depends on this column. Sequences have no row type
    (any more).
    """
    renaming = "(select w.pg_type_updated > 0 from writes w)"
    altering = "(select w.pg_attribute_updated > 0 from writes w)"
    altered = "any (array(select r.oid from altered_relations r))"
    return f"""renamed as materialized (
select {_CLASS}::oid as classid, c.oid, null::smallint[] as parts from pg_catalog.pg_class c
 where c.oid = {altered} and (c.relkind = 'S' or {renaming}) and ({_fresh("c")}
 or exists (select 1 from pg_catalog.pg_attribute a where a.attrelid = c.oid and {_fresh("a")}))
union all select {_CLASS}::oid, a.attrelid, pg_catalog.array_agg(a.attnum)
 from pg_catalog.pg_attribute a where {altering} and a.attrelid = {altered} and a.attnum > 0
 and {_fresh("a")} group by a.attrelid
union all select {_TYPE}::oid, u.oid, null from pg_catalog.pg_type t
 cross join lateral (values (t.oid), (t.typarray)) u (oid)
 where t.oid = any (array(select r.oid from altered_types r union all select c.reltype
 from pg_catalog.pg_class c where c.oid = any (array(select r.oid from altered_relations r))))
 and {_fresh("t")}
union all select {_PROC}::oid, r.oid, null from altered_routines r),
dependents as materialized (
select d.classid, d.objid from renamed r
 cross join lateral (select d.classid, d.objid from pg_catalog.pg_depend d
 where d.refclassid = r.classid and d.refobjid = r.oid
 and (r.parts is null or d.refobjsubid = any (r.parts))) d
union all select l.classid, l.objid from locked l where l.classid is not null)"""


def _closure() -> str:
    """Return the OIDs of all units to describe: what was altered, its dependents, their owners."""
    owners = "".join(
        f"\nunion select x.{owner} from dependents d join pg_catalog.{name} x on x.oid = d.objid"
        f" where d.classid = {catalogue(name)}"
        for name, owner in (
            ("pg_constraint", "conrelid"),
            ("pg_attrdef", "adrelid"),
            ("pg_trigger", "tgrelid"),
            ("pg_rewrite", "ev_class"),
            ("pg_policy", "polrelid"),
        )
    )
    nearby = "any (array(select n.oid from near_relations n))"
    return f"""near_relations as materialized (
select r.oid from altered_relations r
union select d.objid from dependents d where d.classid = {_CLASS}{owners}),
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
