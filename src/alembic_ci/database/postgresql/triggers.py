"""Triggers."""

from alembic_ci.database.postgresql.fragments import comment, firing, words
from alembic_ci.database.postgresql.section import Section, Unit, select


def _sql(_version: int) -> str:
    """Return one row per trigger that somebody created.

    https://www.postgresql.org/docs/current/catalog-pg-trigger.html
    """
    attributes = words(
        definition="pg_catalog.pg_get_triggerdef(g.oid, true)",
        enabled=firing("g.tgenabled"),
        comment=comment("pg_trigger", "g.oid"),
    )
    return f"""{select("rel.oid", "'trigger'", "rel.name", "g.tgname", attributes)}
from rel join pg_catalog.pg_trigger g on g.tgrelid = rel.oid where not g.tgisinternal"""


SECTIONS = (Section(name="triggers", unit=Unit.DEPENDENT, sql=_sql, found="some_triggers"),)
