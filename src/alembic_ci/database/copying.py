"""Copies of whole scratch databases, exact or none at all."""

import time
from collections.abc import Iterator

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.mysql.reading import whole_catalogue
from alembic_ci.database.mysql.server import Server
from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.urls import Dialect

_PATIENCE = 0.5  # seconds for a session that has just been left
_LOOK_EVERY = 0.02

# What belongs to a database and is not in it, so that no copy has it.
# https://www.postgresql.org/docs/current/manage-ag-templatedbs.html
_OUTSIDE = """
SELECT count(*) FROM pg_catalog.pg_database d WHERE d.datname = {name} AND (d.datacl IS NOT NULL
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid)
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_shdescription t WHERE t.objoid = d.oid
 AND t.classoid = 'pg_catalog.pg_database'::pg_catalog.regclass)
 OR EXISTS (SELECT 1 FROM pg_catalog.pg_subscription u WHERE u.subdbid = d.oid))
"""
_SESSIONS = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = {name}"

_TABLES = """
SELECT t.TABLE_NAME, GROUP_CONCAT(CASE WHEN c.EXTRA NOT LIKE '%GENERATED%' OR c.EXTRA LIKE
 '%DEFAULT_GENERATED%' THEN CONCAT('`', REPLACE(c.COLUMN_NAME, '`', '``'), '`') END
 ORDER BY c.ORDINAL_POSITION SEPARATOR ', ')
FROM information_schema.TABLES t JOIN information_schema.COLUMNS c
 ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = {name} AND t.TABLE_TYPE = 'BASE TABLE' GROUP BY t.TABLE_NAME
"""
_UNCHECKED = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0, group_concat_max_len = 1048576,"
    " sql_mode = 'NO_AUTO_VALUE_ON_ZERO'"
)


def copied(control: Control, source: str, target: str, create: str) -> bool:
    """Make database *target*, which does not exist, a copy of *source*; tell whether it is one.

    *control* is on another PostgreSQL database, and on any of MariaDB. *create* is the statement
    that makes *target* where tables are copied one by one. Where something cannot be copied,
    something is left at *target* that is not to be used.
    """
    try:
        if control.dialect is Dialect.POSTGRESQL:
            return _as_template(control, source, target)
        return _table_by_table(control, source, target, create)
    except StatementInterruptedError:
        raise
    except StatementError:
        return False


def _as_template(control: Control, source: str, target: str) -> bool:
    """Let the server copy the files, which it does only while nobody is in the database."""
    name = quoted_text(source)
    if control.query(_OUTSIDE.format(name=name)) != [(0,)]:
        return False
    until = time.monotonic() + _PATIENCE
    while control.query(_SESSIONS.format(name=name)) != [(0,)]:
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK_EVERY)
    quoted = [quote(control.dialect, database) for database in (target, source)]
    control.execute(f"CREATE DATABASE {quoted[0]} TEMPLATE {quoted[1]}")
    return True


def _table_by_table(control: Control, source: str, target: str, create: str) -> bool:
    """Copy the tables, and see whether that was all there is."""
    old, new = (quote(control.dialect, database) for database in (source, target))
    control.execute(_UNCHECKED)
    control.execute(create)
    control.execute(f"USE {new}")
    for table, columns in _tables(control, source):
        control.execute(str(control.query(f"SHOW CREATE TABLE {old}.{table}")[0][1]))
        control.execute(
            f"INSERT INTO {new}.{table} ({columns}) SELECT {columns} FROM {old}.{table}"
        )
    server = Server.ask(control.query)
    copy = whole_catalogue(control.query, server)
    control.execute(f"USE {old}")
    return whole_catalogue(control.query, server) == copy


def _tables(control: Control, database: str) -> Iterator[tuple[str, str]]:
    for name, columns in control.query(_TABLES.format(name=quoted_text(database))):
        yield quote(control.dialect, str(name)), str(columns)
