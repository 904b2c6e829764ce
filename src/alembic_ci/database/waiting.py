"""Try again while a server may still be starting, and give up at once when waiting cannot help."""

import time
from collections.abc import Callable
from typing import TypeVar

from alembic_ci.errors import DatabaseUnreachableError

_FIRST_PAUSE = 0.05  # seconds
_LONGEST_PAUSE = 2.0
_GROWTH = 1.6

T = TypeVar("T")


def patiently(attempt: Callable[[float], T], *, timeout: float) -> T:
    """Call *attempt* (with the seconds left) until it does not raise DatabaseUnreachableError.

    It is called at least once, and its last error is raised when the time is over.
    """
    deadline = time.monotonic() + timeout
    pause = _FIRST_PAUSE
    while True:
        try:
            return attempt(max(deadline - time.monotonic(), 0.0))
        except DatabaseUnreachableError:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
