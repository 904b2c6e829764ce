"""Where in a server's reach Alembic's version tables are, and how long an id they can hold."""

from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.quoting import quote
from alembic_ci.urls import Dialect

_PG = """
SELECT n.nspname, n.nspname = pg_catalog.current_schema(),
  CASE WHEN a.atttypmod > 4 THEN a.atttypmod - 4 END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = 'version_num'
WHERE c.relname = '{table}' AND c.relkind IN ('r', 'p')
ORDER BY 1
"""
_MYSQL = """
SELECT table_schema, table_schema = DATABASE(), character_maximum_length
FROM information_schema.columns
WHERE table_name = '{table}' AND column_name = 'version_num'
ORDER BY 1
"""
_MOST_LOOKED_INTO = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionTable:
    """One version table; *schema* is a database on MariaDB and MySQL.

    *rows* is what it holds, None when it may not be read; *width* the longest id that fits.
    """

    schema: str
    default: bool
    width: int | None
    rows: tuple[str, ...] | None


def version_tables(control: Control, table: str) -> tuple[VersionTable, ...]:
    """Return every table of that name that this user can see; SQLite has only one place."""
    sql = {Dialect.POSTGRESQL: _PG, Dialect.MYSQL: _MYSQL}.get(control.dialect)
    if sql is None:
        return ()
    rows = control.query(sql.format(table=table.replace("'", "''")))
    return tuple(
        VersionTable(
            schema=str(schema),
            default=bool(default),
            width=int(width) if width else None,
            rows=_held(control, table, str(schema)),
        )
        for schema, default, width in rows[:_MOST_LOOKED_INTO]
    )


def _held(control: Control, table: str, schema: str) -> tuple[str, ...] | None:
    name = f"{quote(control.dialect, schema)}.{quote(control.dialect, table)}"
    try:
        rows = control.query(f"SELECT version_num FROM {name}")
    except StatementError:
        return None
    return tuple(sorted(str(row[0]) for row in rows))
