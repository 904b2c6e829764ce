"""Who keeps a session waiting for a lock, asked through another connection while it waits."""

from alembic_ci.database.control import Control
from alembic_ci.database.locking import Holder
from alembic_ci.urls import Dialect

# https://www.postgresql.org/docs/current/functions-info.html: the sessions that hold what is
# wanted, or stand before us in the queue for it.
_POSTGRESQL = (
    "SELECT a.pid, a.usename::text, a.application_name,"
    " COALESCE(a.client_hostname, host(a.client_addr)),"
    " CAST(extract(epoch FROM clock_timestamp() - a.xact_start) AS float8), a.state"
    " FROM pg_catalog.pg_stat_activity a"
    " WHERE a.pid = ANY (pg_catalog.pg_blocking_pids({session})) ORDER BY a.xact_start"
)
# Who holds a metadata lock is only in tables that MariaDB does not fill by default. While our
# session waits for one, every transaction that was open before may be the one it waits for.
_MYSQL = (
    "SELECT t.trx_mysql_thread_id, p.user, '', SUBSTRING_INDEX(p.host, ':', 1),"
    " TIMESTAMPDIFF(SECOND, t.trx_started, NOW()), p.command"
    " FROM information_schema.innodb_trx t"
    " JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id"
    " WHERE t.trx_mysql_thread_id <> {session}"
    " AND (EXISTS (SELECT 1 FROM information_schema.processlist w"
    " WHERE w.id = {session} AND w.state LIKE 'Waiting for%lock')"
    " OR EXISTS (SELECT 1 FROM information_schema.innodb_trx w"
    " WHERE w.trx_mysql_thread_id = {session} AND w.trx_state = 'LOCK WAIT'))"
    " ORDER BY t.trx_started"
)


def blockers(control: Control, session: str) -> tuple[Holder, ...]:
    """Return the sessions that *session* (its number) waits for at this moment, oldest first."""
    match control.dialect:
        case Dialect.POSTGRESQL:
            rows = control.query(_POSTGRESQL.format(session=session))
        case Dialect.MYSQL:
            rows = control.query(_MYSQL.format(session=session))
        case Dialect.SQLITE:
            rows = []
    return tuple(
        Holder(
            session=f"session {number}",
            user=str(user or ""),
            application=str(application or ""),
            client=str(client or ""),
            seconds=float(seconds) if isinstance(seconds, int | float) else None,
            doing=_doing(str(state or "")),
        )
        for number, user, application, client, seconds, state in rows
    )


def _doing(state: str) -> str:
    """Say in what state a session is; idle ones are those that somebody forgot."""
    words = {"Sleep": "idle in transaction", "Query": "active", "Execute": "active"}
    return words.get(state, state)
