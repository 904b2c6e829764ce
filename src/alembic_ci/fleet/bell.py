"""Signals as something to wait for, so that none cuts a message in two."""

import contextlib
import os
import signal
from types import FrameType, TracebackType
from typing import Self

from alembic_ci.interrupting import deafen, heard


class Bell:
    """Can be waited for with ``multiprocessing.connection.wait``; rung by the first signal."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        self._before = {number: signal.getsignal(number) for number in heard()}
        self._signum = 0

    def fileno(self) -> int:
        """What there is to read when the bell has rung."""
        return self._read

    def answered(self) -> int:
        """Return the signal, and be silent from here on."""
        os.read(self._read, 1)
        return self._signum

    def __enter__(self) -> Self:
        """Catch signals."""
        for number in self._before:
            signal.signal(number, self._ring)
        return self

    def _ring(self, signum: int, _: FrameType | None) -> None:
        deafen()
        self._signum = signum
        os.write(self._write, b"!")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let signals act as before, unless there was one."""
        if not self._signum:
            for number, handler in self._before.items():
                signal.signal(number, handler)
        for descriptor in (self._read, self._write):
            with contextlib.suppress(OSError):
                os.close(descriptor)
