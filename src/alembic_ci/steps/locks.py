"""The migration locks that a change holds, from before Alembic looks until all is verified."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from alembic_ci.database.control import Control
from alembic_ci.database.locking import (
    LockLostError,
    LockPlace,
    MigrationLock,
    Target,
    Wait,
    migration_lock,
    obtained,
)
from alembic_ci.model import LockWait

_BETWEEN_CHECKS = 5.0  # seconds


@dataclass(slots=True)
class _Held:
    lock: MigrationLock
    checked: float


@dataclass(slots=True)
class Locks:
    """One lock for each version table that env.py migrates; *waits* is by the database's label."""

    note: Callable[[str], None]
    waits: dict[str, Wait] = field(default_factory=dict)
    _held: dict[tuple[str, LockPlace], _Held] = field(default_factory=dict)

    def take(self, label: str, title: str, target: Target, beside: Control) -> None:
        """Get the lock of a version table, or raise LockError in the end."""
        key = (label, target.place)
        if key in self._held:
            if self._held[key].lock.held(beside):
                return
            self._held.pop(key).lock.release()
        lock = migration_lock(target, beside)
        try:
            wait = obtained(lock, title, timeout=target.patience, note=self.note)
        except BaseException:
            lock.release()
            raise
        self._held[key] = _Held(lock, time.monotonic())
        earlier = self.waits.get(label, Wait())
        self.waits[label] = Wait(
            seconds=earlier.seconds + wait.seconds, holder=wait.holder or earlier.holder
        )

    def check(
        self, label: str, title: str, control: Callable[[], AbstractContextManager[Control]]
    ) -> None:
        """Raise LockLostError when a lock was lost; looks now and then, from a new connection."""
        now = time.monotonic()
        due = [
            held
            for (owner, _), held in self._held.items()
            if owner == label and now - held.checked > _BETWEEN_CHECKS
        ]
        if not due:
            return
        with control() as eyes:
            if not all(held.lock.held(eyes) for held in due):
                raise _lost(title)
        for held in due:
            held.checked = now

    def waited(self, label: str) -> LockWait | None:
        """Return the wait for a database's locks as the report tells it, if there was one."""
        wait = self.waits.get(label, Wait())
        return LockWait(seconds=wait.seconds, holder=wait.holder) if wait.holder else None

    def release(self) -> None:
        """Give all of them back."""
        while self._held:
            self._held.popitem()[1].lock.release()


def _lost(title: str) -> LockLostError:
    return LockLostError(
        f"The migration lock of {title} was lost",
        meaning="Somebody ended the session that held it, or removed its file, so another job may "
        "migrate at the same time.",
        remedy="Look that no other job is at work, then run again.",
    )
