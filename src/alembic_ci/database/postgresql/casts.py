"""Casts and transforms."""

from alembic_ci.database.postgresql.fragments import FIRST_USER_OID, comment, words
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _casts(_version: int) -> str:
    """Return one row per cast that initdb did not make.

    https://www.postgresql.org/docs/current/catalog-pg-cast.html
    """
    name = """pg_catalog.format_type(c.castsource, null) || ' AS '
 || pg_catalog.format_type(c.casttarget, null)"""
    attributes = words(
        function="case when c.castfunc <> 0 then c.castfunc::pg_catalog.regprocedure::text end",
        context="case c.castcontext when 'a' then 'ASSIGNMENT' when 'i' then 'IMPLICIT' end",
        method="case c.castmethod when 'i' then 'WITH INOUT' when 'b' then 'WITHOUT FUNCTION' end",
        comment=comment("pg_cast", "c.oid"),
    )
    return f"""{select("0", "'cast'", "''", name, attributes)}
from pg_catalog.pg_cast c
where c.oid >= {FIRST_USER_OID} and {not_of_extension("pg_cast", "c.oid")}"""


def _transforms(_version: int) -> str:
    """Return one row per transform.

    https://www.postgresql.org/docs/current/catalog-pg-transform.html
    """
    name = "pg_catalog.format_type(t.trftype, null) || ' FOR ' || l.lanname"
    attributes = words(
        from_sql="t.trffromsql::pg_catalog.regprocedure::text",
        to_sql="t.trftosql::pg_catalog.regprocedure::text",
        comment=comment("pg_transform", "t.oid"),
    )
    return f"""{select("0", "'transform'", "''", name, attributes)}
from pg_catalog.pg_transform t join pg_catalog.pg_language l on l.oid = t.trflang
where {not_of_extension("pg_transform", "t.oid")}"""


SECTIONS = (
    Section(
        name="casts",
        unit=Unit.WHOLE,
        sql=_casts,
        catalogues=("pg_cast",),
        names=(
            "pg_type",
            "pg_proc",
        ),
    ),
    Section(
        name="transforms",
        unit=Unit.WHOLE,
        sql=_transforms,
        catalogues=("pg_transform",),
        names=(
            "pg_type",
            "pg_proc",
        ),
    ),
)
