"""Name and end a session on the server, for when its client was killed in the middle."""

import contextlib
import time
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from alembic_ci.database.failures import StatementError
from alembic_ci.urls import Dialect

SESSION_ID_SQL: Mapping[Dialect, str] = MappingProxyType(
    {
        Dialect.POSTGRESQL: "SELECT pid || '/' || pg_catalog.date_part('epoch', backend_start)"
        " FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()",
        Dialect.MYSQL: "SELECT CONNECTION_ID()",
    }
)
"""Asked on env.py's connection; SQLite has no server, a killed client is gone at once.

PostgreSQL uses the numbers of old sessions again, so the time of the start belongs to the name.
"""

# https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SIGNAL: a user may
# end sessions of the same role. https://mariadb.com/kb/en/kill/: a user may end its own.
_FIND = {
    Dialect.POSTGRESQL: "SELECT pid FROM pg_catalog.pg_stat_activity"
    " WHERE pid || '/' || pg_catalog.date_part('epoch', backend_start) = '{session}'",
    Dialect.MYSQL: "SELECT id FROM information_schema.PROCESSLIST WHERE id = {session}",
}
_END = {
    Dialect.POSTGRESQL: "SELECT pg_catalog.pg_terminate_backend({id})",
    Dialect.MYSQL: "KILL {id}",
}
_IN_TRANSACTION = {
    Dialect.POSTGRESQL: _FIND[Dialect.POSTGRESQL] + " AND state LIKE 'idle in transaction%'",
    Dialect.MYSQL: "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx"
    " WHERE trx_mysql_thread_id = {session}",
}
_WAIT_SECONDS = 3.0


class _Control(Protocol):
    dialect: Dialect

    def query(self, sql: str) -> list[tuple[str | int | float | bool | None, ...]]: ...
    def execute(self, sql: str) -> None: ...


def end_session(control: _Control, session: str) -> None:
    """End *session* and wait a little until the server has undone what it had to undo.

    A statement that runs on after its client died would otherwise make the next look at the
    database a guess.
    """
    find = _FIND[control.dialect].format(session=session.replace("'", ""))
    deadline = time.monotonic() + _WAIT_SECONDS
    while found := control.query(find):
        with contextlib.suppress(StatementError):  # it may have ended by itself meanwhile
            control.execute(_END[control.dialect].format(id=found[0][0]))
        if time.monotonic() > deadline:
            return
        time.sleep(0.05)


def left_in_transaction(control: _Control, session: str) -> bool:
    """Tell whether *session* is still there, idle in the middle of a transaction."""
    sql = _IN_TRANSACTION[control.dialect].format(session=session.replace("'", ""))
    with contextlib.suppress(StatementError):  # MariaDB and MySQL want the privilege PROCESS
        return bool(control.query(sql))
    return False
