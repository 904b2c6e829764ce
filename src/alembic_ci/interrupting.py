"""What a signal does: it ends the run at once, or first the statement that a server is busy with.

A driver that is torn out of a statement loses its connection, with which there may be something to
clean up, and the server goes on with the statement. Those that are waited for in C are deaf anyway.
"""

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self, TypeVar

from alembic_ci.errors import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_AGAIN_SECONDS = 0.2  # the server may not have had the statement yet
_PATIENCE_SECONDS = 2.0

T = TypeVar("T")

_current: list["Statement"] = []  # what the main thread waits for: at most one


def interrupt(signum: int) -> None:
    """Raise Interrupted, in the middle of a statement only after that is cancelled.

    To be called by a signal's handler, when later signals are ignored.
    """
    if not _current:
        raise Interrupted(signum)
    _current[0].interrupt(signum)


def deafen() -> None:
    """Let later signals disturb nothing."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def heard() -> tuple[signal.Signals, ...]:
    """Return the signals that count; what our parent ignores for us (nohup) stays ignored."""
    return tuple(number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN)


def elsewhere(call: Callable[[], T]) -> T:
    """Return what *call* returns on another thread, whose waiting makes us deaf to no signal."""
    found: list[T] = []
    failed: list[BaseException] = []

    def attempt() -> None:
        try:
            found.append(call())
        except BaseException as error:  # noqa: BLE001 - raised below
            failed.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join()
    for error in failed:
        raise error
    return found[0]


class Statement:
    """A statement on a server, which *cancel* ends there, on another thread.

    Where that does not help, the driver is torn out of it after all.
    """

    def __init__(self, cancel: Callable[[], None]) -> None:
        self._cancel = cancel
        self._signum = 0

    def interrupt(self, signum: int) -> None:
        """Cancel the statement; Interrupted is raised when it has come back."""
        self._signum = signum
        self._over = threading.Event()
        self._canceller = threading.Thread(target=self._cancelled, daemon=True)
        self._canceller.start()
        signal.signal(signal.SIGALRM, self._give_up)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE_SECONDS)

    def _cancelled(self) -> None:
        while not self._over.is_set():
            self._cancel()
            self._over.wait(_AGAIN_SECONDS)

    def _give_up(self, _: int, __: FrameType | None) -> None:
        raise Interrupted(self._signum)

    def __enter__(self) -> Self:
        """Begin to wait; a thread that is not the main one cannot be interrupted."""
        if threading.current_thread() is threading.main_thread():
            _current.append(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Raise Interrupted for a signal that came meanwhile, whatever became of the statement."""
        if self in _current:
            _current.remove(self)
        if self._signum:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._over.set()
            self._canceller.join(_AGAIN_SECONDS)  # lest it cancels the next one
            raise Interrupted(self._signum) from None
