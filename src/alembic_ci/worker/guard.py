"""Report where ``env.py`` really connected, before Alembic touches anything there."""

from __future__ import annotations

from typing import Any

from . import protocol
from .protocol import Channel
from .rows import answer


class StoppedError(Exception):
    """The tool did not recognise the database as the one it meant."""


def confirm(channel: Channel, connection: Any) -> None:
    """Ask the tool whether *connection* may be used; raises StoppedError when it may not.

    The questions go through the driver's own cursor: a query through SQLAlchemy would begin a
    transaction, and Alembic would then take it for one that env.py wants to end itself.
    """
    begun = connection.in_transaction()
    channel.send(
        {
            "event": protocol.CONNECTED,
            "dialect": connection.dialect.name,
            "driver": connection.dialect.driver,
        }
    )
    while True:
        request = channel.receive()
        if request["do"] == protocol.QUERY:
            channel.send(answer(connection, request["sql"]))
            continue
        if not begun:
            connection.dialect.do_rollback(connection.connection)
        if request["do"] == protocol.STOP:
            raise StoppedError
        return
