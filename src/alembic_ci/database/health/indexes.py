"""Indexes that a broken CREATE INDEX CONCURRENTLY left: they cost writes and serve no query."""

from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.quoting import quote
from alembic_ci.urls import Dialect

# https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
# A partitioned index (I) is invalid until each partition has its own; that is no accident.
_SQL = """
SELECT n.nspname, c.relname, i.indrelid::regclass::text, i.indisunique,
  pg_catalog.pg_get_indexdef(i.indexrelid)
FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE NOT i.indisvalid AND c.relkind = 'i' AND n.nspname <> 'pg_toast'
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p
    WHERE p.index_relid = i.indexrelid)
ORDER BY 1, 2
"""
_LEFT_BY_REINDEX = ("_ccnew", "_ccold")


@dataclass(frozen=True, slots=True, kw_only=True)
class InvalidIndex:
    """One such index; *name* is quoted and carries its schema."""

    name: str
    bare_name: str
    table: str
    unique: bool
    definition: str

    @property
    def left_by_reindex(self) -> bool:
        """Tell whether a broken REINDEX CONCURRENTLY made it: the real one is another."""
        return any(mark in self.bare_name for mark in _LEFT_BY_REINDEX)


def invalid_indexes(control: Control) -> tuple[InvalidIndex, ...]:
    """Return the indexes that are invalid and that nobody is building now."""
    if control.dialect is not Dialect.POSTGRESQL:
        return ()
    return tuple(
        InvalidIndex(
            name=".".join(quote(control.dialect, str(part)) for part in (schema, name)),
            bare_name=str(name),
            table=str(table),
            unique=bool(unique),
            definition=str(definition),
        )
        for schema, name, table, unique, definition in control.query(_SQL)
    )
