"""Publications and what they publish."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    qualified_relation,
    role,
    words,
)
from alembic_ci.database.postgresql.section import V13, V15, Section, Unit, not_of_extension, select


def _sql(version: int) -> str:
    """Return one row per publication.

    https://www.postgresql.org/docs/current/catalog-pg-publication.html
    https://www.postgresql.org/docs/current/catalog-pg-publication-rel.html
    """
    attributes = words(
        all_tables="case when p.puballtables then 'ALL TABLES' end",
        tables=f"(select pg_catalog.string_agg(x.entry, ', ' order by x.entry) from ("
        f"select {qualified_relation('r.prrelid')}{_columns_and_rows(version)} as entry"
        " from pg_catalog.pg_publication_rel r where r.prpubid = p.oid) x)",
        schemas=_schemas(version),
        publish="pg_catalog.concat_ws(', ', case when p.pubinsert then 'insert' end,"
        " case when p.pubupdate then 'update' end, case when p.pubdelete then 'delete' end,"
        " case when p.pubtruncate then 'truncate' end)",
        via_root="case when p.pubviaroot then 'true' end" if version >= V13 else "null",
        comment=comment("pg_publication", "p.oid"),
        owner=role("p.pubowner"),
    )
    return f"""{select("0", "'publication'", "''", "p.pubname", attributes)}
from pg_catalog.pg_publication p where {not_of_extension("pg_publication", "p.oid")}"""


def _columns_and_rows(version: int) -> str:
    if version < V15:
        return ""
    return """ || coalesce(' (' || (select pg_catalog.string_agg(a.attname, ', ' order by a.attnum)
 from pg_catalog.pg_attribute a where a.attrelid = r.prrelid
 and a.attnum = any (r.prattrs::pg_catalog.int2[])) || ')', '')
 || coalesce(' WHERE ' || pg_catalog.pg_get_expr(r.prqual, r.prrelid), '')"""


def _schemas(version: int) -> str:
    if version < V15:
        return "null"
    return """(select pg_catalog.string_agg(n.nspname, ', ' order by n.nspname)
 from pg_catalog.pg_publication_namespace s join pg_catalog.pg_namespace n on n.oid = s.pnnspid
 where s.pnpubid = p.oid)"""


SECTIONS = (
    Section(
        name="publications",
        unit=Unit.WHOLE,
        sql=_sql,
        catalogues=(
            "pg_publication",
            "pg_publication_rel",
            "pg_publication_namespace",
        ),
        names=(
            "pg_class",
            "pg_attribute",
        ),
    ),
)
