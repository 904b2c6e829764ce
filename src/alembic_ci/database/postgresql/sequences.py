"""Sequences; those of identity columns are part of their column."""

from alembic_ci.database.postgresql.fragments import (
    catalogue,
    comment,
    privileges,
    qualified,
    role,
    sequence_options,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, select

_OWNER = f"""left join pg_catalog.pg_depend o on o.classid = {catalogue("pg_class")}
 and o.objid = rel.oid and o.refclassid = {catalogue("pg_class")} and o.deptype in ('a', 'i')
 and o.refobjsubid > 0
left join pg_catalog.pg_class tc on tc.oid = o.refobjid
left join pg_catalog.pg_namespace tn on tn.oid = tc.relnamespace
left join pg_catalog.pg_attribute ta on ta.attrelid = o.refobjid and ta.attnum = o.refobjsubid"""

_OWN_SEQUENCE = f"""(select min(s.relname::text) from pg_catalog.pg_depend u
 join pg_catalog.pg_class s on s.oid = u.refobjid and s.relkind = 'S'
 join pg_catalog.pg_depend o on o.classid = {catalogue("pg_class")} and o.objid = s.oid
 and o.deptype = 'a' and o.refclassid = {catalogue("pg_class")} and o.refobjid = d.adrelid
 and o.refobjsubid = d.adnum where u.classid = {catalogue("pg_attrdef")} and u.objid = d.oid
 and u.refclassid = {catalogue("pg_class")})"""
"""The sequence that column default *d* uses and that the same column owns (``serial``)."""

_SERIAL = f"""exists (select 1 from pg_catalog.pg_attrdef d where d.adrelid = o.refobjid
 and d.adnum = o.refobjsubid and {_OWN_SEQUENCE} = rel.relname)"""


def _sql(_version: int) -> str:
    """Return one row per sequence; one that a column owns has the table as its parent.

    What ``serial`` made has an automatic name, which is only told to `naming` while the column's
    default uses the sequence. The last value is data and not read.
    https://www.postgresql.org/docs/current/catalog-pg-sequence.html
    """
    attributes = words(
        options=sequence_options("s"),
        persistence="case rel.relpersistence when 'u' then 'UNLOGGED' end",
        owned_by=f"{qualified('tn', 'tc.relname')} || '.' || ta.attname",
        comment=comment("pg_class", "rel.oid"),
        owner=role("rel.relowner"),
        privileges=privileges("rel.relacl", "s", "rel.relowner"),
        _table=f"case when {_SERIAL} then tc.relname end",
        _label="'seq'",
        _addition="ta.attname",
    )
    parent = f"coalesce({qualified('tn', 'tc.relname')}, '')"
    name = "case when tc.oid is null then rel.name else rel.relname end"
    return f"""{select("rel.oid", "'sequence'", parent, name, attributes)}
from rel
join pg_catalog.pg_sequence s on s.seqrelid = rel.oid
{_OWNER}
where rel.kind = 'S' and o.deptype is distinct from 'i'"""


SECTIONS = (Section(name="sequences", unit=Unit.RELATION, sql=_sql, found="some_sequences"),)
