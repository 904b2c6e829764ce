"""Let the tool write to a file of SQLite while ``env.py`` waits for its first step."""

from __future__ import annotations

from typing import Any


class Break:
    """A transaction that env.py has begun, as in ``BEGIN IMMEDIATE``: ended now, begun again later.

    SQLite locks the whole file for it. The driver alone hears of this: for SQLAlchemy the
    transaction goes on.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection if _is_locking(connection) else None
        if self._connection is not None:
            connection.dialect.do_commit(connection.connection)

    def end(self) -> None:
        """Begin the transaction again, once."""
        connection, self._connection = self._connection, None
        if connection is not None:
            cursor = connection.connection.cursor()
            cursor.execute("BEGIN")
            cursor.close()


def _is_locking(connection: Any) -> bool:
    if connection is None or connection.dialect.name != "sqlite":
        return False
    pooled = connection.connection
    driver = getattr(pooled, "driver_connection", None) or pooled.connection
    return bool(getattr(driver, "in_transaction", False))
