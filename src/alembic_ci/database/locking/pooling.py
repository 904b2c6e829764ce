"""Recognise a pooler that gives every transaction another session: no session lock holds there.

PgBouncer and its like make up the process number that they announce at the start of a connection,
so a number that is not the server's own tells that there is a pooler. Whether it keeps a session
together is then tried out with two connections.
https://www.pgbouncer.org/features.html
"""

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.errors import RefusedError
from alembic_ci.urls import DatabaseURL

# A number may be used again by a later session, its start tells them apart.
_SESSION = (
    "SELECT pid || '/' || backend_start FROM pg_catalog.pg_stat_activity"
    " WHERE pid = pg_catalog.pg_backend_pid()"
)
_LOOKS = 3


class TransactionPoolingError(RefusedError):
    """Between us and the server is a pooler in transaction mode."""

    failure_class = "transaction-pooling"


def refuse_transaction_pooling(one: Control, other: Control, url: DatabaseURL) -> None:
    """Raise TransactionPoolingError when two statements on *one* may run in two sessions.

    *other* is a second connection to the same place, in no transaction.
    """
    announced = one.announced_session()
    real = one.query("SELECT pg_catalog.pg_backend_pid()")[0][0]
    if announced == real or not _changes_sessions(one, other):
        return
    raise TransactionPoolingError(
        f"{url.location} is a connection pool that gives every transaction another session.",
        meaning="Neither the lock that keeps two jobs apart nor a lock time-out holds longer than "
        "one statement there: PgBouncer with pool_mode = transaction, or its like.",
        remedy="Give migrations a URL of their own: the server itself, or a pool with pool_mode = "
        "session.",
    )


def _changes_sessions(one: Control, other: Control) -> bool:
    """Occupy a session with *other*'s transaction, and see whether it is *one*'s."""
    seen = {one.query(_SESSION)[0][0]}
    try:
        other.execute("BEGIN")
    except StatementError:  # statement pooling allows no transaction at all
        return True
    try:
        if other.query(_SESSION)[0][0] in seen:
            return True
        seen.add(one.query(_SESSION)[0][0])
    finally:
        other.execute("ROLLBACK")
    seen.update(one.query(_SESSION)[0][0] for _ in range(_LOOKS))
    return len(seen) > 1
