"""Collations and conversions."""

from alembic_ci.database.postgresql.fragments import (
    NOT_SYSTEM,
    comment,
    qualified,
    role,
    words,
)
from alembic_ci.database.postgresql.section import (
    V15,
    V16,
    V17,
    Section,
    Unit,
    not_of_extension,
    select,
)


def _collations(version: int) -> str:
    """Return one row per collation.

    https://www.postgresql.org/docs/current/catalog-pg-collation.html
    """
    attributes = words(
        provider="case c.collprovider when 'c' then 'libc' when 'i' then 'icu'"
        " when 'b' then 'builtin' else 'default' end",
        locale=_locale(version),
        deterministic="case when not c.collisdeterministic then 'false' end",
        rules="c.collicurules" if version >= V16 else "null",
        comment=comment("pg_collation", "c.oid"),
        owner=role("c.collowner"),
    )
    return f"""{select("0", "'collation'", "''", qualified("n", "c.collname"), attributes)}
from pg_catalog.pg_collation c join pg_catalog.pg_namespace n on n.oid = c.collnamespace
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_collation", "c.oid")}"""


def _locale(version: int) -> str:
    if version < V15:
        return "coalesce(nullif(c.collcollate, ''), c.collctype)"
    own = "c.colllocale" if version >= V17 else "c.colliculocale"
    return f"coalesce({own}, c.collcollate || ' ' || c.collctype)"


def _conversions(_version: int) -> str:
    """Return one row per encoding conversion.

    https://www.postgresql.org/docs/current/catalog-pg-conversion.html
    """
    attributes = words(
        source="pg_catalog.pg_encoding_to_char(c.conforencoding)",
        target="pg_catalog.pg_encoding_to_char(c.contoencoding)",
        function="c.conproc::text",
        default="case when c.condefault then 'DEFAULT' end",
        comment=comment("pg_conversion", "c.oid"),
        owner=role("c.conowner"),
    )
    return f"""{select("0", "'conversion'", "''", qualified("n", "c.conname"), attributes)}
from pg_catalog.pg_conversion c join pg_catalog.pg_namespace n on n.oid = c.connamespace
where {NOT_SYSTEM.format(n="n")} and {not_of_extension("pg_conversion", "c.oid")}"""


SECTIONS = (
    Section(name="collations", unit=Unit.WHOLE, sql=_collations, catalogues=("pg_collation",)),
    Section(
        name="conversions",
        unit=Unit.WHOLE,
        sql=_conversions,
        catalogues=("pg_conversion",),
        names=("pg_proc",),
    ),
)
