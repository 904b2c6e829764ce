"""Rewrite rules."""

from alembic_ci.database.postgresql.fragments import comment, firing, words
from alembic_ci.database.postgresql.section import Section, Unit, select


def _sql(_version: int) -> str:
    """Return one row per rewrite rule that is not a view's own.

    https://www.postgresql.org/docs/current/catalog-pg-rewrite.html
    """
    attributes = words(
        definition="pg_catalog.pg_get_ruledef(w.oid, true)",
        enabled=firing("w.ev_enabled"),
        comment=comment("pg_rewrite", "w.oid"),
    )
    return f"""{select("rel.oid", "'rule'", "rel.name", "w.rulename", attributes)}
from rel join pg_catalog.pg_rewrite w on w.ev_class = rel.oid where w.rulename <> '_RETURN'"""


SECTIONS = (Section(name="rules", unit=Unit.DEPENDENT, sql=_sql, found="some_rules"),)
