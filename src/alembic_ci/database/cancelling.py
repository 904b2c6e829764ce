"""A statement of our own connections, which a signal cancels on the server."""

import contextlib
import select
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Protocol

from sqlalchemy import PoolProxiedConnection, text
from sqlalchemy.exc import DBAPIError

from alembic_ci.database.connecting import connected
from alembic_ci.database.failures import Surroundings
from alembic_ci.errors import AlembicCIError
from alembic_ci.interrupting import Statement
from alembic_ci.urls import DatabaseURL, Dialect

_CONNECT_SECONDS = 2.0
# Behind a balancer there may be another server, where the number is somebody else's.
_RUNNING = (
    "SELECT 1 FROM information_schema.processlist"
    " WHERE id = :session AND LEFT(info, :length) = :sql"
)
_ENOUGH = 200  # characters, to tell one statement from another


class _PostgreSQL(Protocol):
    def cancel(self) -> None: ...
    def poll(self) -> int: ...
    def fileno(self) -> int: ...


def cancelling(
    connection: PoolProxiedConnection, url: DatabaseURL, sql: str
) -> AbstractContextManager[object]:
    """Return what to run *sql* in: Interrupted is raised when a signal has ended it there."""
    driver = connection.driver_connection
    if driver is None:  # it is lost, which the statement is about to tell
        return nullcontext()
    match url.dialect:
        case Dialect.POSTGRESQL:
            return _postgresql(driver)
        case Dialect.MYSQL:
            return Statement(partial(_kill, url, driver.thread_id(), sql))
        case Dialect.SQLITE:
            return Statement(driver.interrupt)


@contextmanager
def _postgresql(driver: _PostgreSQL) -> Iterator[None]:
    """Wait for the server in Python, which hears signals, and not in libpq."""
    from psycopg2 import Error, extensions  # noqa: PLC0415 - only where it is in use

    def cancel() -> None:
        with contextlib.suppress(Error):  # it has just ended
            driver.cancel()

    def wait(connection: _PostgreSQL) -> None:
        poll = select.poll()
        while (state := connection.poll()) != extensions.POLL_OK:
            wanted = select.POLLIN if state == extensions.POLL_READ else select.POLLOUT
            poll.register(connection.fileno(), wanted)
            poll.poll()

    with Statement(cancel):
        extensions.set_wait_callback(wait)
        try:
            yield
        finally:
            extensions.set_wait_callback(None)


def _kill(url: DatabaseURL, session: int, sql: str) -> None:
    begin = sql.partition(":")[0][:_ENOUGH]  # a parameter has a value by now
    asked = {"session": session, "length": len(begin), "sql": begin}
    with (
        contextlib.suppress(AlembicCIError, DBAPIError),
        connected(url, patience=_CONNECT_SECONDS, surroundings=Surroundings()) as other,
    ):
        if other.execute(text(_RUNNING), asked).first():
            other.exec_driver_sql(f"KILL QUERY {session}")
