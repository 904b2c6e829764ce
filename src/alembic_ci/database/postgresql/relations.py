"""Tables, foreign tables, views, materialized views and composite types."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    options,
    privileges,
    qualified_relation,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, select

KIND = """case rel.kind when 'r' then 'table' when 'p' then 'table' when 'f' then 'foreign table'
 when 'v' then 'view' when 'm' then 'materialized view' else 'composite type' end"""

_PARENTS = f"""(select pg_catalog.string_agg({qualified_relation("h.inhparent")}, ', '
 order by h.inhseqno) from pg_catalog.pg_inherits h where h.inhrelid = rel.oid)"""


def _sql(_version: int) -> str:
    """Return one row per relation but sequences.

    https://www.postgresql.org/docs/current/catalog-pg-class.html
    """
    attributes = words(
        definition="case when rel.kind in ('v', 'm')"
        " then pg_catalog.pg_get_viewdef(rel.oid, true) end",
        persistence="case rel.relpersistence when 'u' then 'UNLOGGED' end",
        access_method="(select m.amname from pg_catalog.pg_am m where m.oid = rel.relam)",
        tablespace="(select s.spcname from pg_catalog.pg_tablespace s"
        " where s.oid = rel.reltablespace)",
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
        foreign_server="(select s.srvname from pg_catalog.pg_foreign_table f"
        " join pg_catalog.pg_foreign_server s on s.oid = f.ftserver where f.ftrelid = rel.oid)",
        foreign_options=f"(select {options('f.ftoptions')}"
        " from pg_catalog.pg_foreign_table f where f.ftrelid = rel.oid)",
        comment=comment("pg_class", "rel.oid"),
        type_comment=f"case rel.kind when 'c' then {comment('pg_type', 'rel.reltype')} end",
        owner=role("rel.relowner"),
        privileges=privileges("rel.relacl", "r", "rel.relowner"),
    )
    return f"""{select("rel.oid", KIND, "''", "rel.name", attributes)}
from rel
cross join lateral (select {_PARENTS} as parents offset 0) h where rel.kind <> 'S'"""


FOUND = "select 1 from pg_catalog.pg_class f where f.oid = any ({}) and f.relkind <> 'S'"
"""Finds a relation that is none of the sequences, which have a section of their own."""

SECTIONS = (Section(name="relations", unit=Unit.RELATION, sql=_sql, found=FOUND),)
