"""Report where ``env.py`` really connected, before Alembic touches anything there."""

from __future__ import annotations

from typing import Any, Dict

from . import protocol
from .protocol import Channel
from .rows import answer


class StoppedError(Exception):
    """The tool did not recognise the database as the one it meant."""


def confirm(channel: Channel, connection: Any, options: Dict[str, Any]) -> None:
    """Ask the tool whether *connection* may be used; raises StoppedError when it may not.

    The questions go through the driver's own cursor: a query through SQLAlchemy would begin a
    transaction, and Alembic would then take it for one that env.py wants to end itself. None is
    left open after an answer: the tool may let us wait here for another job. It is committed, for
    SQLAlchemy 1.4 does not count as one that env.py has said SET in it. *options* are what env.py
    gives to ``context.configure()``.
    """
    begun = connection.in_transaction()
    channel.send(
        {
            "event": protocol.CONNECTED,
            "dialect": connection.dialect.name,
            "driver": connection.dialect.driver,
            "version_table": options.get("version_table") or "alembic_version",
            "version_schema": options.get("version_table_schema"),
        }
    )
    while True:
        request = channel.receive()
        if request["do"] == protocol.QUERY:
            found = answer(connection, request["sql"])
            if not begun:
                connection.dialect.do_commit(connection.connection)
            channel.send(found)
            continue
        if request["do"] == protocol.STOP:
            raise StoppedError
        return
