"""Row-level security policies."""

from alembic_ci.database.postgresql.fragments import comment, role, words
from alembic_ci.database.postgresql.section import Section, Unit, select


def _sql(_version: int) -> str:
    """Return one row per row-level security policy.

    https://www.postgresql.org/docs/current/catalog-pg-policy.html
    """
    attributes = words(
        command="case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT'"
        " when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end",
        kind="case when p.polpermissive then 'PERMISSIVE' else 'RESTRICTIVE' end",
        roles="(select pg_catalog.string_agg(y.name, ', ' order by y.name) from (select case r.oid"
        f" when 0 then 'PUBLIC' else {role('r.oid')} end as name"
        " from pg_catalog.unnest(p.polroles) r (oid)) y)",
        using="pg_catalog.pg_get_expr(p.polqual, p.polrelid)",
        with_check="pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)",
        comment=comment("pg_policy", "p.oid"),
    )
    return f"""{select("rel.oid", "'policy'", "rel.name", "p.polname", attributes)}
from rel join pg_catalog.pg_policy p on p.polrelid = rel.oid"""


_FOUND = """exists (select 1 from pg_catalog.pg_policy p
 where p.polrelid = any (touched_relations))"""

SECTIONS = (Section(name="policies", unit=Unit.DEPENDENT, sql=_sql, found=_FOUND),)
