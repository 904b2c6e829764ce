"""Remember the SQL that a revision executes, whatever engine or driver it goes through."""

from __future__ import annotations

import re
from contextlib import contextmanager, nullcontext
from typing import Any, Iterator, List, Tuple

from sqlalchemy import event
from sqlalchemy.engine import Engine

from .bypass import doors_watched
from .protocol import Message
from .recording import Recorder

_COMMIT = re.compile(r"\bcommit\b", re.IGNORECASE)


class StatementLog:
    """The texts executed between start() and stop(), kept until taken.

    *lasting* tells whether something of them cannot be rolled back any more: a commit in the
    middle, or a session that commits each statement.

    With a *recorder* there is also a full account of each of them.
    """

    def __init__(self, recorder: "Recorder | None") -> None:
        self._active = False
        self._texts: List[str] = []
        self._recorder = recorder
        self.lasting = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen on every engine of the process."""
        listeners = self._listeners()
        for name, listener in listeners:
            event.listen(Engine, name, listener)
        try:
            with doors_watched(self._recorder.unseen) if self._recorder else nullcontext():
                yield
        finally:
            for name, listener in listeners:
                event.remove(Engine, name, listener)

    def start(self, file: str) -> None:
        """Begin a revision, whose code is in *file*."""
        self._active = True
        self.lasting = False
        if self._recorder:
            self._recorder.start(file)

    def stop(self) -> None:
        """End a revision."""
        self._active = False
        if self._recorder:
            self._recorder.stop()

    def taken(self) -> List[str]:
        """Return what was executed since the last call."""
        texts, self._texts = self._texts, []
        return texts

    def recorded(self) -> List[Message]:
        """Return the accounts of what was executed since the last call."""
        return self._recorder.taken() if self._recorder else []

    def _listeners(self) -> List[Tuple[str, Any]]:
        ours: List[Tuple[str, Any]] = [
            ("before_cursor_execute", self._note),
            ("commit", self._committed),
        ]
        return ours + (self._recorder.listeners() if self._recorder else [])

    def _note(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._active:
            self._texts.append(statement)
            if commits_each_statement(connection) or _COMMIT.search(statement):
                self.lasting = True

    def _committed(self, _connection: Any) -> None:
        if self._active:
            self.lasting = True


def commits_each_statement(connection: Any) -> bool:
    """Tell whether somebody asked for a connection in autocommit mode."""
    level = connection.get_execution_options().get("isolation_level")
    level = level or getattr(connection.dialect, "_on_connect_isolation_level", None)
    return bool(level == "AUTOCOMMIT")
