"""Take down what ``env.py`` itself executes before it has a database migrated."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import Any, Iterator, List, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine import Engine

from .binding import Call
from .protocol import Message
from .recording import autocommits, place, write

_UNDOING = ("postgresql", "sqlite")  # a rollback takes back what others keep


class _Told(NamedTuple):
    """One statement, and the connection that it went through."""

    connection: Any
    account: Message


class Setup:
    """The statements outside of ``context.run_migrations()``, until they are taken.

    *open* tells of a statement that the transaction it stands in has not ended. *folder* is where
    env.py lies.
    """

    def __init__(self, folder: str) -> None:
        # Python names a module's file as it was asked for; since 3.10 in full.
        named = os.path.join(folder, "env.py")
        self._names = (os.path.abspath(named), named)
        self._told: List[_Told] = []
        self._paused = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen on every engine of the process."""
        listeners = (
            ("after_cursor_execute", self._after),
            ("commit", self._committed),
            ("rollback", self._rolled_back),
        )
        for name, listener in listeners:
            event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(Engine, name, listener)

    def outside(self, run_migrations: Any) -> Any:
        """Wrap Alembic's function: what is executed in it is not env.py's."""

        def run(*arguments: Any, **options: Any) -> None:
            self._paused = True
            try:
                run_migrations(*arguments, **options)
            finally:
                self._paused = False

        return run

    def taken(self, connection: Any) -> List[Message]:
        """Return the accounts of the database that *connection* leads to, and forget them."""
        url = connection.engine.url
        ours = [told for told in self._told if told.connection.engine.url == url]
        self._told = [told for told in self._told if told not in ours]
        return [told.account for told in ours]

    def _after(self, *arguments: Any) -> None:
        if self._paused:
            return
        connection, cursor, statement, parameters, context, many = arguments
        (line, reflection), (other, _) = map(place, self._names)
        if reflection:
            return
        account: Message = {
            "texts": [],
            "unwritten": None,
            "line": line or other,
            "returns": cursor.description is not None,
            "open": not autocommits(connection),
        }
        write(account, Call(connection, cursor, statement, parameters, many), context)
        self._told.append(_Told(connection, account))

    def _committed(self, connection: Any) -> None:
        for account in self._open(connection):
            account["open"] = False

    def _rolled_back(self, connection: Any) -> None:
        undone = list(self._open(connection))
        if connection.dialect.name in _UNDOING:
            self._told = [told for told in self._told if told.account not in undone]
        for account in undone:
            account["open"] = False

    def _open(self, connection: Any) -> Iterator[Message]:
        return (
            told.account
            for told in self._told
            if told.connection is connection and told.account["open"]
        )
