"""Extensions; what they own is left out of every other section."""

from alembic_ci.database.postgresql.fragments import comment, words
from alembic_ci.database.postgresql.section import Section, Unit, select


def _sql(_version: int) -> str:
    """Return one row per extension; every database has plpgsql, and may drop it.

    https://www.postgresql.org/docs/current/catalog-pg-extension.html
    """
    attributes = words(
        version="e.extversion",
        schema="n.nspname",
        comment=comment("pg_extension", "e.oid"),
    )
    return f"""{select("0", "'extension'", "''", "e.extname", attributes)}
from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace"""


SECTIONS = (Section(name="extensions", unit=Unit.WHOLE, sql=_sql, catalogues=("pg_extension",)),)
