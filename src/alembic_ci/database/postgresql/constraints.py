"""Primary key, unique, foreign key, check and exclusion constraints."""

from alembic_ci.database.postgresql.fragments import comment, tablespace, words
from alembic_ci.database.postgresql.indexes import CLUSTERED, REPLICA, TEXT, USING, VALID
from alembic_ci.database.postgresql.section import Section, Unit, select

_KIND = """case k.contype when 'p' then 'primary key' when 'u' then 'unique constraint'
 when 'f' then 'foreign key' when 'c' then 'check constraint' else 'exclusion constraint' end"""

_LABEL = """case k.contype when 'p' then 'pkey' when 'u' then 'key' when 'f' then 'fkey'
 when 'c' then 'check' else 'excl' end"""

_ADDITION = """case when k.contype = 'p'
 or k.contype = 'c' and pg_catalog.cardinality(k.conkey) <> 1 then ''
 else (select pg_catalog.string_agg(a.attname, '_' order by case when a.attrelid = k.conrelid
 then pg_catalog.array_position(k.conkey, a.attnum) else a.attnum end)
 from pg_catalog.pg_attribute a where a.attrelid = case when k.contype in ('f', 'c')
 then k.conrelid else k.conindid end and a.attnum > 0
 and (a.attrelid <> k.conrelid or a.attnum = any (k.conkey))) end"""


def _sql(_version: int) -> str:
    """Return one row per constraint, with what its index adds.

    Left out: NOT NULL (part of the column), constraint triggers (triggers) and the copies that
    a partitioned table's foreign keys have on its partitions.
    https://www.postgresql.org/docs/current/catalog-pg-constraint.html
    """
    attributes = words(
        definition="pg_catalog.pg_get_constraintdef(k.oid, true)",
        index=USING,
        valid=VALID,
        clustered=CLUSTERED,
        replica_identity=REPLICA,
        tablespace=tablespace("ic.reltablespace"),
        inherited="case when k.coninhcount > 0 then case when k.conislocal"
        " then 'also declared here' else 'from its parent' end end",
        comment=comment("pg_constraint", "k.oid"),
        _table="rel.relname",
        _label=_LABEL,
        _addition=_ADDITION,
    )
    return f"""{select("rel.oid", _KIND, "rel.name", "k.conname", attributes)}
from rel join pg_catalog.pg_constraint k on k.conrelid = rel.oid
left join pg_catalog.pg_index i on i.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
left join pg_catalog.pg_class ic on ic.oid = i.indexrelid
{TEXT}
where k.contype in ('p', 'u', 'f', 'c', 'x') and not (k.contype = 'f' and k.conparentid <> 0)"""


SECTIONS = (Section(name="constraints", unit=Unit.DEPENDENT, sql=_sql, found="some_tables"),)
