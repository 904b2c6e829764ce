"""Standard streams that outlive their reader: a terminal or a pipe may go, the work goes on."""

import io
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Lasting(io.FileIO):
    """Takes everything, and forgets what nobody can read any more."""

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write what can be written, and claim to have written all of it."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while rest:
                rest = rest[super().write(rest) or 0 :]
        except OSError:
            return size
        return size


def lasting(descriptor: int, *, like: TextIO | None) -> TextIO:
    """Return a text stream on an open *descriptor* whose methods never raise.

    It has the encoding of the interpreter's own stream, which is None when there was no descriptor.
    Characters that the encoding lacks are spelled out.
    """
    raw = _Lasting(descriptor, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=like.encoding if like else "utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
