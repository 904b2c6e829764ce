"""PostgreSQL schemas, of which each tenant has one: found, entered, made on scratch databases."""

from alembic_ci.database.control import Control
from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.errors import DatabaseAccessError
from alembic_ci.urls import Dialect

CURRENT_SCHEMA_SQL = "SELECT current_schema()"

_EXISTS = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {}"
_LIKE = (
    "SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname LIKE {} "
    "AND nspname <> 'information_schema' AND nspname NOT LIKE 'pg\\_%' ORDER BY nspname"
)


def enter_schema(control: Control, schema: str, location: str) -> None:
    """Let a connection see one schema and nothing else; raises when it does not exist."""
    if not control.query(_EXISTS.format(quoted_text(schema))):
        raise DatabaseAccessError(
            f"{location} has no schema {schema}.",
            meaning="It was named in --schemas, or dropped meanwhile.",
            remedy="Create the schema first; an empty one is migrated from the beginning.",
        )
    control.execute(f"SET search_path TO {quote(Dialect.POSTGRESQL, schema)}")


def make_schema(control: Control, schema: str) -> None:
    """Create an empty schema."""
    control.execute(f"CREATE SCHEMA {quote(Dialect.POSTGRESQL, schema)}")


def schemas_like(control: Control, pattern: str) -> list[str]:
    """Return the schemas that match, without those of the server itself."""
    return [str(row[0]) for row in control.query(_LIKE.format(quoted_text(pattern)))]
