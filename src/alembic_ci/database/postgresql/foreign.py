"""Foreign data wrappers, servers and user mappings."""

from alembic_ci.database.postgresql.fragments import (
    comment,
    options,
    privileges,
    role,
    words,
)
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select


def _wrappers(_version: int) -> str:
    """Return one row per foreign data wrapper.

    https://www.postgresql.org/docs/current/catalog-pg-foreign-data-wrapper.html
    """
    attributes = words(
        handler="case when w.fdwhandler <> 0 then w.fdwhandler::pg_catalog.regprocedure::text end",
        validator="case when w.fdwvalidator <> 0"
        " then w.fdwvalidator::pg_catalog.regprocedure::text end",
        options=options("w.fdwoptions"),
        comment=comment("pg_foreign_data_wrapper", "w.oid"),
        owner=role("w.fdwowner"),
        privileges=privileges("w.fdwacl", "F", "w.fdwowner"),
    )
    return f"""{select("0", "'foreign data wrapper'", "''", "w.fdwname", attributes)}
from pg_catalog.pg_foreign_data_wrapper w
where {not_of_extension("pg_foreign_data_wrapper", "w.oid")}"""


def _servers(_version: int) -> str:
    """Return one row per foreign server.

    https://www.postgresql.org/docs/current/catalog-pg-foreign-server.html
    """
    attributes = words(
        wrapper="w.fdwname",
        type="s.srvtype",
        version="s.srvversion",
        options=options("s.srvoptions"),
        comment=comment("pg_foreign_server", "s.oid"),
        owner=role("s.srvowner"),
        privileges=privileges("s.srvacl", "S", "s.srvowner"),
    )
    return f"""{select("0", "'foreign server'", "''", "s.srvname", attributes)}
from pg_catalog.pg_foreign_server s
join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
where {not_of_extension("pg_foreign_server", "s.oid")}"""


def _mappings(_version: int) -> str:
    """Return one row per user mapping; of its options, a password among them, only the names.

    https://www.postgresql.org/docs/current/view-pg-user-mappings.html
    """
    attributes = words(
        options="(select pg_catalog.json_agg(pg_catalog.split_part(u.entry, '=', 1))"
        " from pg_catalog.unnest(m.umoptions) u (entry))"
    )
    name = "case m.umuser when 0 then 'PUBLIC' else m.usename::text end"
    return f"""{select("0", "'user mapping'", "m.srvname", name, attributes)}
from pg_catalog.pg_user_mappings m"""


SECTIONS = (
    Section(
        name="foreign data wrappers",
        unit=Unit.WHOLE,
        sql=_wrappers,
        catalogues=("pg_foreign_data_wrapper",),
        names=("pg_proc",),
    ),
    Section(
        name="foreign servers", unit=Unit.WHOLE, sql=_servers, catalogues=("pg_foreign_server",)
    ),
    Section(name="user mappings", unit=Unit.WHOLE, sql=_mappings, catalogues=("pg_user_mapping",)),
)
