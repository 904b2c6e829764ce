"""Tables, foreign tables, views, materialized views and composite types."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    options,
    privileges,
    qualified,
    role,
    schema,
    shared_name,
    tablespace,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, select

KIND = """case rel.kind when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table'
 when 'v' then 'view' when 'm' then 'materialized view' else 'composite type' end"""

_PARENTS = f"""(select pg_catalog.string_agg({qualified("n", "c.relname")}, ', '
 order by h.inhseqno) from pg_catalog.pg_inherits h
 join pg_catalog.pg_class c on c.oid = h.inhparent cross join {schema("c.relnamespace")} n
 where h.inhrelid = rel.oid)"""


def _sql(_version: int) -> str:
    """Return one row per relation but sequences.

    https://www.postgresql.org/docs/current/catalog-pg-class.html
    """
    attributes = words(
        definition="case when rel.kind in ('v', 'm')"
        " then pg_catalog.pg_get_viewdef(rel.oid, true) end",
        persistence="case rel.relpersistence when 'u' then 'UNLOGGED' end",
        access_method=f"case when rel.relam <> 0 then {shared_name('pg_am', 'rel.relam')} end",
        tablespace=tablespace("rel.reltablespace"),
        partition_by="case rel.kind when 'p' then pg_catalog.pg_get_partkeydef(rel.oid) end",
        partition_of="case when rel.relispartition then h.parents end",
        partition_bound="pg_catalog.pg_get_expr(rel.relpartbound, rel.oid)",
        inherits="case when not rel.relispartition then h.parents end",
        of_type="case when rel.reloftype <> 0 then pg_catalog.format_type(rel.reloftype, null) end",
        row_security="case when rel.relrowsecurity then 'enabled' end",
        forced_row_security="case when rel.relforcerowsecurity then 'forced' end",
        replica_identity="case rel.relreplident when 'n' then 'NOTHING' when 'f' then 'FULL'"
        " when 'i' then 'USING INDEX' end",
        options=options("rel.reloptions"),
        toast_options=f"""(select {options("toast.reloptions")}
 from pg_catalog.pg_class toast where toast.oid = rel.reltoastrelid)""",
        populated="case when rel.kind = 'm' and not rel.relispopulated then 'WITH NO DATA' end",
        foreign_server="case when f.ftserver is not null"
        f" then {shared_name('pg_foreign_server', 'f.ftserver')} end",
        foreign_options=options("f.ftoptions"),
        comment=comment("pg_class", "rel.oid"),
        type_comment="case rel.kind when 'c'"
        " then pg_catalog.obj_description(rel.reltype, 'pg_type') end",
        owner=role("rel.relowner"),
        privileges=privileges("rel.relacl", "r", "rel.relowner"),
    )
    return f"""{select("rel.oid", KIND, "''", "rel.name", attributes)}
from rel
left join pg_catalog.pg_foreign_table f on f.ftrelid = rel.oid
cross join lateral (select {_PARENTS} as parents offset 0) h where rel.kind <> 'S'"""


SECTIONS = (Section(name="relations", unit=Unit.RELATION, sql=_sql, found="some_tables"),)
