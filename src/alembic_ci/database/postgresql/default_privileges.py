"""What ALTER DEFAULT PRIVILEGES set."""

from alembic_ci.database.postgresql.fragments import granted, role, words
from alembic_ci.database.postgresql.section import Section, Unit, not_of_extension, select

_OBJECTS = """case d.defaclobjtype when 'r' then 'tables' when 'S' then 'sequences'
 when 'f' then 'functions' when 'T' then 'types' when 'n' then 'schemas'
 else 'large objects' end"""


def _sql(_version: int) -> str:
    """Return one row per role, schema and kind of object.

    https://www.postgresql.org/docs/current/catalog-pg-default-acl.html
    """
    where = "coalesce(' in schema ' || n.nspname, '')"
    name = f"'for ' || {role('d.defaclrole')} || ' on ' || {_OBJECTS} || {where}"
    attributes = words(privileges=granted("d.defaclacl"))
    return f"""{select("0", "'default privileges'", "''", name, attributes)}
from pg_catalog.pg_default_acl d left join pg_catalog.pg_namespace n on n.oid = d.defaclnamespace
where {not_of_extension("pg_default_acl", "d.oid")}"""


SECTIONS = (
    Section(name="default privileges", unit=Unit.WHOLE, sql=_sql, catalogues=("pg_default_acl",)),
)
