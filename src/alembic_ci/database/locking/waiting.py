"""Wait for the migration lock, and tell whom for."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from alembic_ci.database.locking.holder import Holder, elapsed
from alembic_ci.database.locking.lock import MigrationLock
from alembic_ci.errors import AlembicCIError, ExitCode

_FIRST_PAUSE = 0.1  # seconds
_LONGEST_PAUSE = 1.0
_GROWTH = 1.3
_BETWEEN_NOTES = 30.0  # seconds
_UNSEEN_AFTER = 2.0  # seconds
_UNSEEN = Holder(session="a session that this user may not see")


class LockError(AlembicCIError):
    """Another job has the migration lock."""

    exit_code = ExitCode.TEMPORARY
    failure_class = "lock"


class LockLostError(LockError):
    """The migration lock went away while we had it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long the lock was waited for, and who had it last; no seconds when it was free."""

    seconds: float = 0.0
    holder: str = ""


def obtained(
    lock: MigrationLock, title: str, *, timeout: float, note: Callable[[str], None]
) -> Wait:
    """Get the lock within *timeout* seconds; *note* hears whom we wait for, now and then.

    Raises:
        LockError: Somebody else had it all the time.
    """
    if lock.attempt():
        return Wait()
    queue = _Queue(title, note)
    pause = _FIRST_PAUSE
    while True:
        queue.look(lock)
        if queue.waited + pause > timeout:
            raise _given_up(title, queue.holder, timeout)
        time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads jobs, hides nothing
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
        if lock.attempt():
            note(f"{title} is free after {elapsed(queue.waited)}; looking where it stands now")
            return Wait(seconds=queue.waited, holder=queue.holder.words)


class _Queue:
    """Our place behind the holder; says so once for each holder, and again now and then."""

    def __init__(self, title: str, note: Callable[[str], None]) -> None:
        self.holder = _UNSEEN
        self._title = title
        self._note = note
        self._started = time.monotonic()
        self._noted = -_BETWEEN_NOTES

    @property
    def waited(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self._started

    def look(self, lock: MigrationLock) -> None:
        """See who holds it; the one that has just gone is not worth a word."""
        seen = lock.holder()
        other = seen is not None and seen.session != self.holder.session
        self.holder = seen or self.holder
        if other or self.waited - self._noted > _BETWEEN_NOTES:
            if seen is None and self.waited < _UNSEEN_AFTER:
                return
            self._noted = self.waited
            self._note(
                f"{self._title} is being migrated by {self.holder.words}; "
                f"waiting, {elapsed(self.waited)} so far"
            )


def _given_up(title: str, holder: Holder, timeout: float) -> LockError:
    return LockError(
        f"{title} is being migrated by {holder.words}, and was not free within {timeout:g} s. "
        "Nothing that it guards was changed.",
        meaning="One job at a time migrates a database. The lock goes with the job that has it, "
        "however that ends.",
        remedy="Run again when it is done, or raise --migration-lock-timeout.",
    )
