"""Columns of tables and views, and attributes of composite types."""

from alembic_ci.database.postgresql.fragments import (
    catalogue,
    comment,
    options,
    privileges,
    qualified,
    sequence_options,
    words,
)
from alembic_ci.database.postgresql.relations import FOUND
from alembic_ci.database.postgresql.section import V14, V18, Section, Unit, select

_KIND = "case rel.kind when 'c' then 'attribute' else 'column' end"

_COLLATION = f"""case when a.attcollation <> 0 and a.attcollation <> t.typcollation then
 (select {qualified("n", "l.collname")} from pg_catalog.pg_collation l
 join pg_catalog.pg_namespace n on n.oid = l.collnamespace where l.oid = a.attcollation) end"""

_STORAGE = """case when a.attstorage <> t.typstorage then case a.attstorage
 when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end"""

_IDENTITY = f"""case when a.attidentity <> '' then
 case a.attidentity when 'a' then 'ALWAYS ' else 'BY DEFAULT ' end ||
 (select {sequence_options("s")} from pg_catalog.pg_depend i
 join pg_catalog.pg_sequence s on s.seqrelid = i.objid
 where i.refclassid = {catalogue("pg_class")} and i.refobjid = a.attrelid
 and i.refobjsubid = a.attnum and i.classid = {catalogue("pg_class")} and i.deptype = 'i') end"""

OWN_SEQUENCE = f"""(select min(s.relname::text) from pg_catalog.pg_depend u
 join pg_catalog.pg_class s on s.oid = u.refobjid and s.relkind = 'S'
 join pg_catalog.pg_depend o on o.classid = {catalogue("pg_class")} and o.objid = s.oid
 and o.deptype = 'a' and o.refclassid = {catalogue("pg_class")} and o.refobjid = d.adrelid
 and o.refobjsubid = d.adnum where u.classid = {catalogue("pg_attrdef")} and u.objid = d.oid
 and u.refclassid = {catalogue("pg_class")})"""
"""The sequence that column default *d* uses and that the same column owns (``serial``)."""


def _sql(version: int) -> str:
    """Return one row per live column; ``position`` counts live columns only.

    https://www.postgresql.org/docs/current/catalog-pg-attribute.html
    https://www.postgresql.org/docs/current/catalog-pg-attrdef.html
    """
    attributes = words(
        type="pg_catalog.format_type(a.atttypid, a.atttypmod)",
        nullable=_nullable(version),
        default="case when a.attgenerated = '' then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end",
        generated="case when a.attgenerated <> '' then 'ALWAYS AS ('"
        " || pg_catalog.pg_get_expr(d.adbin, d.adrelid) || case a.attgenerated"
        " when 's' then ') STORED' else ') VIRTUAL' end end",
        identity=_IDENTITY,
        collation=_COLLATION,
        storage=_STORAGE,
        compression=_compression(version),
        statistics="case when a.attstattarget >= 0 then a.attstattarget end",
        options=options("a.attoptions"),
        foreign_options=options("a.attfdwoptions"),
        inherited="case when a.attinhcount > 0 then case when a.attislocal"
        " then 'also declared here' else 'from its parent' end end",
        privileges=privileges("a.attacl", "c", "rel.relowner"),
        comment=comment("pg_class", "a.attrelid", "a.attnum"),
        position="a.rank",
        _table="rel.relname",
        _column="a.attname",
        _sequence=f"case when d.oid is not null and rel.kind in ('r', 'p') then {OWN_SEQUENCE} end",
    )
    return f"""{select("rel.oid", _KIND, "rel.name", "a.attname", attributes)}
from rel cross join lateral (select b.*, pg_catalog.row_number() over (order by b.attnum) as rank
 from pg_catalog.pg_attribute b
 where b.attrelid = rel.oid and b.attnum > 0 and not b.attisdropped) a
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where rel.kind <> 'S'"""


def _nullable(version: int) -> str:
    """Return NULL or NOT NULL; since 18 the latter is a constraint that can be not valid yet.

    Its name is left out: it is nearly always automatic, and unknown before 18.
    https://www.postgresql.org/docs/18/release-18.html
    """
    word = "case when a.attnotnull then 'NOT NULL'{} else 'NULL' end"
    if version < V18:
        return word.format("")
    return word.format(
        """ || coalesce((select case when k.convalidated then '' else ' NOT VALID' end
 || case when k.connoinherit then ' NO INHERIT' else '' end from pg_catalog.pg_constraint k
 where k.conrelid = a.attrelid and k.contype = 'n' and k.conkey[1] = a.attnum), '')"""
    )


def _compression(version: int) -> str:
    if version < V14:
        return "null"
    return "case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end"


SECTIONS = (Section(name="columns", unit=Unit.RELATION, sql=_sql, found=FOUND),)
