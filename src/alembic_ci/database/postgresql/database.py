"""What is set on the database itself."""

from alembic_ci.database.postgresql.fragments import options, privileges, words
from alembic_ci.database.postgresql.section import Section, Unit, select


def _sql(_version: int) -> str:
    """Return a row for the database and one per role that has settings in it.

    The name, owner and place of a scratch database are nobody's doing and left out.
    https://www.postgresql.org/docs/current/catalog-pg-database.html
    https://www.postgresql.org/docs/current/catalog-pg-db-role-setting.html
    """
    database = words(
        comment="(select s.description from pg_catalog.pg_shdescription s where s.objoid = d.oid"
        " and s.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass)",
        privileges=privileges("d.datacl", "d", "d.datdba"),
    )
    settings = words(settings=options("s.setconfig"))
    name = "case s.setrole when 0 then 'every role' else s.setrole::pg_catalog.regrole::text end"
    return f"""{select("0", "'database'", "''", "'itself'", database)}
from pg_catalog.pg_database d where d.datname = pg_catalog.current_database()
union all {select("0", "'database settings'", "''", name, settings)}
from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = s.setdatabase
where d.datname = pg_catalog.current_database()"""


SECTIONS = (
    Section(
        name="database",
        unit=Unit.WHOLE,
        sql=_sql,
        catalogues=("pg_database", "pg_db_role_setting", "pg_shdescription"),
    ),
)
