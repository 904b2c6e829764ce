"""Who waits for a lock, who holds it, and which transactions have been open for long."""

import contextlib
from dataclasses import dataclass

from alembic_ci.database.control import Control, Row
from alembic_ci.database.failures import StatementError
from alembic_ci.urls import Dialect

# https://www.postgresql.org/docs/current/functions-info.html: pg_blocking_pids() gives 0 for a
# prepared transaction.
_PG_WAITS = """
SELECT w.pid, pg_catalog.date_part('epoch',
    pg_catalog.clock_timestamp() - coalesce(w.query_start, w.backend_start))::int,
  pg_catalog.left(w.query, 300), coalesce(w.application_name, ''), coalesce(h.pid, 0)
FROM pg_catalog.pg_stat_activity w
CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) AS h(pid)
WHERE w.datname = pg_catalog.current_database()
ORDER BY 2 DESC, 1, 5
"""
_PG_OPEN = """
SELECT a.pid, pg_catalog.date_part('epoch',
    pg_catalog.clock_timestamp() - a.xact_start)::int,
  coalesce(a.state, ''), pg_catalog.left(a.query, 300), coalesce(a.application_name, ''),
  coalesce(a.usename::text, ''), coalesce(pg_catalog.host(a.client_addr), 'the same machine'),
  coalesce((SELECT pg_catalog.string_agg(DISTINCT l.relation::regclass::text, ', ')
    FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_class c ON c.oid = l.relation
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE l.pid = a.pid AND l.granted AND c.relkind IN ('r', 'p', 'm')
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = a.datname)
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')), '')
FROM pg_catalog.pg_stat_activity a
WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
  AND a.xact_start IS NOT NULL AND a.backend_type = 'client backend'
ORDER BY 2 DESC, 1
"""
_PG_PREPARED = """
SELECT gid, pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() - prepared)::int, owner
FROM pg_catalog.pg_prepared_xacts WHERE database = pg_catalog.current_database()
"""
# https://mariadb.com/kb/en/information-schema-innodb_trx-table/; MySQL has the same columns.
_MYSQL_OPEN = """
SELECT t.trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.command,
  COALESCE(LEFT(COALESCE(t.trx_query, p.info), 300), ''), '', p.user, p.host, ''
FROM information_schema.innodb_trx t
JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
WHERE p.db = DATABASE() AND p.id <> CONNECTION_ID()
ORDER BY 2 DESC, 1
"""
_MYSQL_WAITING = """
SELECT id, time, COALESCE(LEFT(info, 300), ''), state FROM information_schema.processlist
WHERE db = DATABASE() AND id <> CONNECTION_ID() AND state LIKE 'Waiting for % lock'
ORDER BY 2 DESC, 1
"""
_MARIADB_ROW_WAITS = """
SELECT r.trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, r.trx_wait_started, NOW()),
  COALESCE(LEFT(r.trx_query, 300), ''), '', b.trx_mysql_thread_id
FROM information_schema.innodb_lock_waits w
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_trx_id
JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_trx_id
JOIN information_schema.processlist p ON p.id = r.trx_mysql_thread_id
WHERE p.db = DATABASE()
"""
_MYSQL_ROW_WAITS = """
SELECT r.trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, r.trx_wait_started, NOW()),
  COALESCE(LEFT(r.trx_query, 300), ''), '', b.trx_mysql_thread_id
FROM performance_schema.data_lock_waits w
JOIN information_schema.innodb_trx r ON r.trx_id = w.requesting_engine_transaction_id
JOIN information_schema.innodb_trx b ON b.trx_id = w.blocking_engine_transaction_id
JOIN information_schema.processlist p ON p.id = r.trx_mysql_thread_id
WHERE p.db = DATABASE()
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One session that waits for others; *holder* is None where the server does not tell.

    *holder* 0 stands for a prepared transaction of PostgreSQL, which belongs to no session.
    """

    session: int
    seconds: int
    query: str
    application: str
    holder: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransaction:
    """A transaction that somebody left open; *tables* are those it holds locks on, if known.

    *prepared* is the name of a prepared transaction, which belongs to no session.
    """

    session: int
    seconds: int
    state: str
    query: str
    application: str
    user: str
    client: str
    tables: str
    prepared: str = ""


def waits(control: Control) -> tuple[Wait, ...]:
    """Return who waits in this database, the longest first."""
    match control.dialect:
        case Dialect.POSTGRESQL:
            return tuple(_wait(row) for row in control.query(_PG_WAITS))
        case Dialect.MYSQL:
            return tuple(_mysql_waits(control))
        case Dialect.SQLITE:
            return ()


def open_transactions(control: Control) -> tuple[OpenTransaction, ...]:
    """Return the open transactions of others in this database, the oldest first.

    Raises:
        StatementError: The user may not see them (MariaDB and MySQL want the privilege PROCESS).
    """
    match control.dialect:
        case Dialect.POSTGRESQL:
            found = [_open(row) for row in control.query(_PG_OPEN)]
            return (*(_prepared(row) for row in control.query(_PG_PREPARED)), *found)
        case Dialect.MYSQL:
            return tuple(_open(row) for row in control.query(_MYSQL_OPEN))
        case Dialect.SQLITE:
            return ()


def _mysql_waits(control: Control) -> list[Wait]:
    """Tell who waits for rows, with the holder, and who waits for a table, without.

    Who holds a table's metadata lock is only in tables that are off or not there by default.
    """
    rows_sql = _MARIADB_ROW_WAITS if control.server.startswith("MariaDB") else _MYSQL_ROW_WAITS
    found = []
    # PROCESS or performance_schema may be missing; the rest can be told.
    with contextlib.suppress(StatementError):
        found += [_wait(row) for row in control.query(rows_sql)]
    known = {wait.session for wait in found}
    for session, seconds, query, _ in control.query(_MYSQL_WAITING):
        if session not in known:
            found.append(_wait((session, seconds, query, "", None)))
    return found


def _wait(row: Row) -> Wait:
    session, seconds, query, application, holder = row
    return Wait(
        session=int(session or 0),
        seconds=int(seconds or 0),
        query=str(query or ""),
        application=str(application or ""),
        holder=None if holder is None else int(holder),
    )


def _open(row: Row) -> OpenTransaction:
    session, seconds, *texts = row
    state, query, application, user, client, tables = (str(text or "") for text in texts)
    return OpenTransaction(
        session=int(session or 0),
        seconds=int(seconds or 0),
        state=state,
        query=query,
        application=application,
        user=user,
        client=client,
        tables=tables,
    )


def _prepared(row: Row) -> OpenTransaction:
    name, seconds, owner = row
    return OpenTransaction(
        session=0,
        seconds=int(seconds or 0),
        state="prepared",
        query="",
        application="",
        user=str(owner or ""),
        client="",
        tables="",
        prepared=str(name),
    )
