"""Schemas."""

from alembic_ci.database.postgresql.fragments import (
    NOT_SYSTEM,
    comment,
    privileges,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _sql(_version: int) -> str:
    """Return one row per schema.

    https://www.postgresql.org/docs/current/catalog-pg-namespace.html
    """
    attributes = words(
        comment=comment("pg_namespace", "n.oid"),
        owner=role("n.nspowner"),
        privileges=privileges("n.nspacl", "n", "n.nspowner"),
    )
    return f"""{select("0", "'schema'", "''", "n.nspname", attributes)}
from pg_catalog.pg_namespace n
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_namespace", "n.oid")}"""


SECTIONS = (Section(name="schemas", unit=Unit.WHOLE, sql=_sql, catalogues=("pg_namespace",)),)
