"""Give a full account of each statement at the driver's border, for those who ask for it.

A statement is told with its parameters in place, the line of the revision that made it, how long
it took and how many rows it touched. Begin, commit and rollback are told, too, unless the
connection commits each statement by itself; and where a revision goes past SQLAlchemy.
"""

from __future__ import annotations

import os
import sys
from time import perf_counter
from typing import Any, List, Optional, Tuple

from .binding import Call, written
from .protocol import Message
from .rows import answer

_REFLECTION = os.path.join("sqlalchemy", "engine", "reflection.py")


class Recorder:
    """The accounts of one step, from its start until they are taken.

    What is executed in the revision's function has ``version`` false; what Alembic and env.py's
    hooks do at its end, to the version table first of all, has it true. *watch* is a query to run
    after each statement of the function that stands in a transaction; it takes no lasting locks.
    A step that is not *wanted* leaves no accounts.
    """

    def __init__(self) -> None:
        self.watch = ""
        self.wanted = True
        self._file = ""
        self._armed = False
        self._inside = False
        self._started = 0.0
        self._accounts: List[Message] = []

    def start(self, file: str) -> None:
        """Begin a revision, whose code is in *file*."""
        self._file = file
        self._armed = self._inside = self.wanted

    def stop(self) -> None:
        """End a revision."""
        self._inside = False

    def taken(self) -> List[Message]:
        """Return the accounts of the step that is over."""
        self._armed = False
        accounts, self._accounts = self._accounts, []
        return accounts

    def listeners(self) -> List[Tuple[str, Any]]:
        """Return SQLAlchemy's events and who hears of them."""
        return [
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("begin", lambda connection: self._boundary("begin", connection)),
            ("commit", lambda connection: self._boundary("commit", connection)),
            ("rollback", lambda connection: self._boundary("rollback", connection)),
        ]

    def _before(self, *_: Any) -> None:
        self._started = perf_counter()

    def _after(self, *arguments: Any) -> None:
        seconds = perf_counter() - self._started
        if not self._armed:
            return
        connection, cursor, statement, parameters, context, many = arguments
        line, reflection = place(self._file)
        account: Message = {
            "kind": "statement",
            "texts": [],
            "unwritten": None,
            "file": self._file,
            "line": line,
            "seconds": seconds,
            "rows": _count(cursor),
            "returns": cursor.description is not None,
            "reflection": reflection,
            "autocommit": autocommits(connection),
            "version": not self._inside,
            "watched": None,
        }
        if not reflection:
            call = Call(connection, cursor, statement, parameters, many)
            write(account, call, context)
            account["watched"] = self._watched(account, connection)
        self._accounts.append(account)

    def _watched(self, account: Message, connection: Any) -> Any:
        """Look what the statement has done, on the connection that ran it."""
        if not self.watch or not self._inside or account["autocommit"]:
            return None
        return answer(connection, self.watch)["rows"]

    def unseen(self) -> None:
        """Take down that the revision has something executed that is not told here."""
        if self._inside:
            line, _ = place(self._file)
            self._accounts.append({"kind": "unseen", "file": self._file, "line": line})

    def _boundary(self, kind: str, connection: Any) -> None:
        if self._inside and not autocommits(connection):
            self._accounts.append({"kind": kind})


def write(account: Message, call: Call, context: Any) -> None:
    """Put the texts into *account*, or why they could not be written."""
    unparsed = getattr(context, "execution_options", {}).get("no_parameters")
    try:
        # Told that there are no parameters, a driver undoubles no percent sign.
        plain = unparsed and not call.parameters
        account["texts"] = [call.statement] if plain else written(call)
    except Exception as error:  # noqa: BLE001 - a value may have a __str__ of its own
        account["unwritten"] = str(error) or type(error).__name__


def place(file: str) -> Tuple[Optional[int], bool]:
    """Return the line of *file* that is being executed, and whether SQLAlchemy reflects."""
    reflection = False
    frame: Any = sys._getframe(1)  # noqa: SLF001 - traceback and inspect read source files
    while frame is not None:
        name = frame.f_code.co_filename
        if name == file:
            return frame.f_lineno, reflection
        reflection = reflection or name.endswith(_REFLECTION)
        frame = frame.f_back
    return None, reflection


def autocommits(connection: Any) -> bool:
    """Tell whether each statement on *connection* commits by itself."""
    level = connection.get_execution_options().get("isolation_level")
    level = level or getattr(connection.dialect, "_on_connect_isolation_level", None)
    return bool(level == "AUTOCOMMIT" or getattr(connection.connection, "autocommit", None) is True)


def _count(cursor: Any) -> Optional[int]:
    """Return the rows touched; drivers say -1 where that means nothing."""
    count = getattr(cursor, "rowcount", None)
    return count if isinstance(count, int) and count >= 0 else None
