"""Procedural languages and access methods."""

from alembic_ci.database.postgresql.fragments import (
    FIRST_USER_OID,
    comment,
    privileges,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _languages(_version: int) -> str:
    """Return one row per language.

    https://www.postgresql.org/docs/current/catalog-pg-language.html
    """
    attributes = words(
        trusted="case when l.lanpltrusted then 'TRUSTED' end",
        handler="case when l.lanplcallfoid <> 0"
        " then l.lanplcallfoid::pg_catalog.regprocedure::text end",
        comment=comment("pg_language", "l.oid"),
        owner=role("l.lanowner"),
        privileges=privileges("l.lanacl", "l", "l.lanowner"),
    )
    return f"""{select("0", "'language'", "''", "l.lanname", attributes)}
from pg_catalog.pg_language l where {not_of_extension("pg_language", "l.oid")}"""


def _methods(_version: int) -> str:
    """Return one row per access method that initdb did not make.

    https://www.postgresql.org/docs/current/catalog-pg-am.html
    """
    attributes = words(
        handler="m.amhandler::pg_catalog.regproc::text", comment=comment("pg_am", "m.oid")
    )
    return f"""{select("0", "'access method'", "''", "m.amname", attributes)}
from pg_catalog.pg_am m where m.oid >= {FIRST_USER_OID} and {not_of_extension("pg_am", "m.oid")}"""


SECTIONS = (
    Section(name="languages", unit=Unit.WHOLE, sql=_languages, catalogues=("pg_language",)),
    Section(name="access methods", unit=Unit.WHOLE, sql=_methods, catalogues=("pg_am",)),
)
