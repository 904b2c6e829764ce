"""The end of what a worker printed."""

import re
import threading

TAIL_BYTES = 64_000
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Tail:
    """The last bytes of a stream, safe to read from another thread.

    *busy* is true while a line that was read is not yet added.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._data = b""
        self.busy = False

    def add(self, data: bytes) -> None:
        """Take in the next piece."""
        with self._lock:
            self._data = (self._data + data)[-TAIL_BYTES:]

    def text(self) -> str:
        """Return what is kept, without the colours that loggers give it."""
        with self._lock:
            return _COLOURS.sub("", self._data.decode("utf-8", "replace"))
