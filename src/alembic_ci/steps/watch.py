"""See whom a revision waits for while it waits: afterwards nobody can tell."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alembic_ci.database.blocking import blockers
from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError


@dataclass(slots=True)
class Watch:
    """The sessions in the way of a change; *seen* are the latest, in words."""

    note: Callable[[str], None]
    seen: tuple[str, ...] = ()
    _told: frozenset[str] = frozenset()

    def look(self, title: str, control: Control, sessions: Iterable[str]) -> None:
        """Look who blocks any of *sessions* now, and tell of those that are new."""
        with contextlib.suppress(StatementError):
            for session in sessions:
                found = blockers(control, session)
                if found:
                    self.seen = tuple(holder.words for holder in found)
                    self._tell(title, frozenset(holder.session for holder in found))

    def _tell(self, title: str, names: frozenset[str]) -> None:
        if not names <= self._told:
            self._told |= names
            self.note(f"  {title} waits for a lock of {'; '.join(self.seen)}")

    def forget(self) -> None:
        """Begin anew: what was seen belongs to the last try."""
        self.seen, self._told = (), frozenset()
