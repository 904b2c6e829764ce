"""Columns of tables and views, and attributes of composite types."""

from alembic_ci.database.postgresql.fragments import (
    catalogue,
    comment,
    options,
    privileges,
    qualified,
    schema,
    sequence_options,
    words,
)
from alembic_ci.database.postgresql.section import V14, V18, Section, Unit, select

_KIND = "case rel.kind when 'c' then 'attribute' else 'column' end"

_COLLATION = f"""case when a.attcollation <> 0 and a.attcollation <> t.typcollation then
 (select {qualified("n", "l.collname")} from pg_catalog.pg_collation l
 cross join {schema("l.collnamespace")} n where l.oid = a.attcollation) end"""

_STORAGE = """case when a.attstorage <> t.typstorage then case a.attstorage
 when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end"""

_IDENTITY = """case a.attidentity when '' then null when 'a' then 'ALWAYS ' || o.options
 else 'BY DEFAULT ' || o.options end"""

_OWNED = f"""cross join lateral (select
 min({sequence_options("s")}) filter (where o.deptype = 'i') as options,
 min(o.objid::pg_catalog.regclass::text) filter (where o.deptype = 'a' and pg_catalog.strpos(
 e.text, pg_catalog.quote_literal(o.objid::pg_catalog.regclass::text) || '::regclass') > 0)
 as sequence from pg_catalog.pg_depend o join pg_catalog.pg_sequence s on s.seqrelid = o.objid
 where (a.attidentity <> '' or d.oid is not null) and o.refclassid = {catalogue("pg_class")}
 and o.refobjid = a.attrelid and o.refobjsubid = a.attnum
 and o.classid = {catalogue("pg_class")} and o.deptype in ('a', 'i') offset 0) o"""
"""What is said by the sequences that belong to column *a*.

Its identity's options; and of those that it owns the one that its default *e* uses (``serial``).
"""


def _sql(version: int) -> str:
    """Return one row per live column, with its number, which counts dropped ones too.

    https://www.postgresql.org/docs/current/catalog-pg-attribute.html
    https://www.postgresql.org/docs/current/catalog-pg-attrdef.html
    """
    attributes = words(
        type="pg_catalog.format_type(a.atttypid, a.atttypmod)",
        nullable=_nullable(version),
        default="case when a.attgenerated = '' then e.text end",
        generated="case when a.attgenerated <> '' then 'ALWAYS AS (' || e.text"
        " || case a.attgenerated when 's' then ') STORED' else ') VIRTUAL' end end",
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
        _number="a.attnum",
        _table="rel.relname",
        _column="a.attname",
        _sequence="case when rel.kind in ('r', 'p') then o.sequence end",
    )
    return f"""{select("rel.oid", _KIND, "rel.name", "a.attname", attributes)}
from rel
join pg_catalog.pg_attribute a on a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
cross join lateral (select pg_catalog.pg_get_expr(d.adbin, d.adrelid) as text offset 0) e
{_OWNED}
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


SECTIONS = (Section(name="columns", unit=Unit.RELATION, sql=_sql, found="some_tables"),)
