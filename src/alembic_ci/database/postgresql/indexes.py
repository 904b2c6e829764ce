"""Indexes that are not the inside of a constraint."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    options,
    qualified_relation,
    tablespace,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, select

USING = "pg_catalog.substr(x.text, pg_catalog.strpos(x.text, ' USING ') + 1)"
"""Method, columns, operator classes, order, INCLUDE, WITH and WHERE: all but the names."""

TEXT = """cross join lateral (
select pg_catalog.pg_get_indexdef(i.indexrelid) as text offset 0) x"""
"""The definition that `USING` cuts; without the OFFSET it would be made once per use."""

VALID = "case when not i.indisvalid then 'INVALID' end"
CLUSTERED = "case when i.indisclustered then 'CLUSTER ON' end"
REPLICA = "case when i.indisreplident then 'REPLICA IDENTITY' end"

_PARTS = """cross join lateral (select
 pg_catalog.string_agg(a.attname, '_' order by a.attnum) as names,
 pg_catalog.string_agg(a.attname || '=' || a.attstattarget, ', ' order by a.attnum)
 filter (where a.attstattarget >= 0) as statistics
 from pg_catalog.pg_attribute a where a.attrelid = i.indexrelid and a.attnum > 0 offset 0) a"""

_ATTACHED = f"""(select {qualified_relation("h.inhparent")}
 from pg_catalog.pg_inherits h where h.inhrelid = i.indexrelid)"""


def _sql(_version: int) -> str:
    """Return one row per index.

    https://www.postgresql.org/docs/current/catalog-pg-index.html
    """
    attributes = words(
        unique="case when i.indisunique then 'UNIQUE' end",
        definition=USING,
        valid=VALID,
        clustered=CLUSTERED,
        replica_identity=REPLICA,
        tablespace=tablespace("ic.reltablespace"),
        options=options("ic.reloptions"),
        statistics="a.statistics",
        attached_to=_ATTACHED,
        comment=comment("pg_class", "i.indexrelid"),
        _table="rel.relname",
        _label="'idx'",
        _addition="a.names",
    )
    return f"""{select("rel.oid", "'index'", "rel.name", "ic.relname", attributes)}
from rel join pg_catalog.pg_index i on i.indrelid = rel.oid
join pg_catalog.pg_class ic on ic.oid = i.indexrelid
{_PARTS} {TEXT}
where not exists (select 1 from pg_catalog.pg_constraint k where k.conrelid = i.indrelid
 and k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))"""


SECTIONS = (Section(name="indexes", unit=Unit.DEPENDENT, sql=_sql, found="some_tables"),)
