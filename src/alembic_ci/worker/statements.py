"""Remember the SQL that a revision executes, whatever engine or driver it goes through."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, List

from sqlalchemy import event
from sqlalchemy.engine import Engine


class StatementLog:
    """The texts executed between start() and stop(), kept until taken."""

    def __init__(self) -> None:
        self._active = False
        self._texts: List[str] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen on every engine of the process."""
        event.listen(Engine, "before_cursor_execute", self._note)
        try:
            yield
        finally:
            event.remove(Engine, "before_cursor_execute", self._note)

    def start(self) -> None:
        """Begin a revision."""
        self._active = True

    def stop(self) -> None:
        """End a revision."""
        self._active = False

    def taken(self) -> List[str]:
        """Return what was executed since the last call."""
        texts, self._texts = self._texts, []
        return texts

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if self._active:
            self._texts.append(statement)
