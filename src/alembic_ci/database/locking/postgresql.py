"""PostgreSQL: an advisory lock of a session, and a look at who writes the version table."""

from alembic_ci.database.control import Control
from alembic_ci.database.locking.holder import Holder, holder_of, job_comment
from alembic_ci.database.locking.key import LockPlace
from alembic_ci.database.quoting import quote
from alembic_ci.urls import Dialect

# An advisory lock with one key of 64 bits has its halves in classid and objid, and objsubid 1:
# https://www.postgresql.org/docs/current/view-pg-locks.html. Advisory locks are per database.
_OF_THIS_DATABASE = (
    "database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())"
)
_ADVISORY = (
    "locktype = 'advisory' AND classid::bigint = {high} AND objid::bigint = {low}"
    f" AND objsubid = 1 AND granted AND {_OF_THIS_DATABASE}"
)
_WHO = (
    "SELECT a.pid, a.usename::text, a.application_name,"
    " COALESCE(a.client_hostname, host(a.client_addr)),"
    " CAST(extract(epoch FROM clock_timestamp() - {since}) AS float8), a.query"
    " FROM pg_catalog.pg_stat_activity a WHERE a.pid IN"
    " (SELECT pid FROM pg_catalog.pg_locks WHERE {which})"
)
# Readers (ACCESS SHARE), and vacuum and the like (SHARE UPDATE EXCLUSIVE), do not migrate.
_WRITING = (
    "locktype = 'relation' AND relation = to_regclass('{table}') AND granted"
    f" AND {_OF_THIS_DATABASE} AND pid NOT IN ({{ours}})"
    " AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock',"
    " 'AccessExclusiveLock')"
)
_NEVER_IDLE_TOO_LONG = (
    "SELECT set_config(name, '0', false) FROM pg_catalog.pg_settings"
    " WHERE name = 'idle_session_timeout' AND setting <> '0'"
)


class PostgreSQLLock:
    """``pg_try_advisory_lock`` on a connection that does nothing else."""

    def __init__(self, control: Control, place: LockPlace, session: str, job: str) -> None:
        self._control = control
        self._key = place.number
        self._obtained = False
        self._pid = int(str(control.query("SELECT pg_catalog.pg_backend_pid()")[0][0]))
        unsigned = place.number % 2**64
        self._advisory = _ADVISORY.format(high=unsigned >> 32, low=unsigned % 2**32)
        parts = (part for part in (place.schema, place.table) if part)
        table = ".".join(quote(Dialect.POSTGRESQL, part) for part in parts)
        self._writing = _WRITING.format(
            table=table.replace("'", "''"), ours=", ".join(filter(None, (str(self._pid), session)))
        )
        self._job = job_comment(job)
        control.query(_NEVER_IDLE_TOO_LONG)

    def attempt(self) -> bool:
        """Try it; what runs beside us without our lock is waited for while we have it."""
        if self._writer():
            return False
        if not self._obtained:
            sql = f"SELECT pg_catalog.pg_try_advisory_lock({self._key}){self._job}"
            self._obtained = self._control.query(sql) == [(True,)]
        return self._obtained and self._writer() is None

    def holder(self) -> Holder | None:
        """Return the session that has the lock, else one that writes the version table.

        What the holder's connection did last was getting it, so that is how long it has it.
        """
        which = f"{self._advisory} AND pid <> {self._pid}"
        rows = self._control.query(_WHO.format(which=which, since="a.state_change"))
        if rows:
            return holder_of(rows[0], session="session")
        return self._writer()

    def held(self, control: Control) -> bool:
        """Look for it among the server's locks."""
        sql = f"SELECT 1 FROM pg_catalog.pg_locks WHERE {self._advisory} AND pid = {self._pid}"
        return bool(control.query(sql))

    def release(self) -> None:
        """End the session, and the lock with it."""
        self._control.close()

    def _writer(self) -> Holder | None:
        sql = _WHO.format(which=self._writing, since="a.xact_start")
        rows = self._control.query(sql + self._job)
        if not rows:
            return None
        return holder_of([*rows[0][:5]], session="session")
