"""Extended statistics objects."""

from alembic_ci.database.postgresql.fragments import (
    NOT_SYSTEM,
    comment,
    qualified,
    qualified_relation,
    role,
    words,
)
from alembic_ci.database.postgresql.section import V13, Section, Unit, not_of_extension, select


def _sql(version: int) -> str:
    """Return one row per statistics object.

    https://www.postgresql.org/docs/current/catalog-pg-statistic-ext.html
    """
    name = qualified("n", "x.stxname")
    attributes = words(
        definition=_definition(),
        table=qualified_relation("x.stxrelid"),
        target="case when x.stxstattarget >= 0 then x.stxstattarget end"
        if version >= V13
        else "null",
        comment=comment("pg_statistic_ext", "x.oid"),
        owner=role("x.stxowner"),
    )
    return f"""{select("0", "'statistics object'", "''", name, attributes)}
from pg_catalog.pg_statistic_ext x join pg_catalog.pg_namespace n on n.oid = x.stxnamespace
where {not_of_extension("pg_statistic_ext", "x.oid")} and {NOT_SYSTEM.format(n="n")}"""


def _definition() -> str:
    """Return kinds and columns without the object's own name."""
    text = "pg_catalog.pg_get_statisticsobjdef(x.oid)"
    return f"""coalesce('(' || (select pg_catalog.string_agg(case kind::text
 when 'd' then 'ndistinct' when 'f' then 'dependencies' when 'm' then 'mcv'
 when 'e' then 'expressions' end, ', ' order by kind::text)
 from pg_catalog.unnest(x.stxkind) kind) || ') ', '')
 || pg_catalog.substr({text}, pg_catalog.strpos({text}, ' ON ') + 1)"""


SECTIONS = (
    Section(
        name="statistics objects",
        unit=Unit.WHOLE,
        sql=_sql,
        catalogues=("pg_statistic_ext",),
        names=(
            "pg_class",
            "pg_attribute",
        ),
    ),
)
