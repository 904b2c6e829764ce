"""Which dialect's source a connection needs."""

from alembic_ci.database.control import Control
from alembic_ci.database.postgresql.scope import VersionTable
from alembic_ci.database.rows.mysql_source import MySQLSource
from alembic_ci.database.rows.postgresql_source import PostgreSQLSource
from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.sqlite_source import SQLiteSource
from alembic_ci.urls import Dialect


def source_of(control: Control, *, version_table: str, version_schema: str | None) -> Source:
    """Return the source for *control*, which leaves Alembic's version table out."""
    match control.dialect:
        case Dialect.POSTGRESQL:
            version = VersionTable(name=version_table, schema=version_schema)
            return PostgreSQLSource(control.query, version)
        case Dialect.MYSQL:
            return MySQLSource(control.query, version_table)
        case Dialect.SQLITE:
            return SQLiteSource(control.query, version_table)
