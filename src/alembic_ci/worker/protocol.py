"""JSON lines over two pipes: what the tool and the worker say to each other.

The tool asks with ``{"do": ...}``; the worker answers with ``{"event": ...}``. While ``env.py`` is
running, the worker stops at fixed points (connected, ready, applied) and waits to be told how to
go on, so both sides always know whose turn it is. Every answer begins with the mark that the
request brought, so that what foreign code writes into the pipe is not taken for one.
"""

from __future__ import annotations

import json
import os
from time import monotonic
from typing import IO, Any, Dict

Message = Dict[str, Any]

SCRATCH = "alembic_ci_scratch_"  # how the names of throw-away databases begin

# What the tool asks for.
VARIABLES = "variables"  # has no answer
LOAD = "load"
ONLINE = "online"
OFFLINE = "offline"
COMMAND = "command"
EXIT = "exit"

# What the tool says while env.py waits.
QUERY = "query"
GO = "go"
STOP = "stop"
STEP = "step"
STAMP = "stamp"
LEAVE = "leave"
END = "end"
COMMIT = "commit"
UNDO = "undo"

# What the worker reports.
LOADED = "loaded"
CONNECTED = "connected"
READY = "ready"
ROWS = "rows"
LEFT = "left"
APPLIED = "applied"
STEPPED = "stepped"
RENDERED = "rendered"
ENDED = "ended"

_LONGEST_WAIT = 0.02  # seconds
_ENCODER = json.JSONEncoder(separators=(",", ":"))  # json.dumps() would make one for each message


class Channel:
    """One end of the conversation; blocking, one message a line."""

    def __init__(self, read_fd: int, write_fd: int) -> None:
        self._reader: IO[bytes] = os.fdopen(read_fd, "rb")
        self._writer: IO[bytes] = os.fdopen(write_fd, "wb")
        self._mark = b""
        self._over = False
        self._sent = monotonic()

    def send(self, message: Message) -> None:
        """Write one message; raises OSError when the other side is gone."""
        self._writer.write(self._mark + encoded(message))
        self._writer.flush()
        self._sent = monotonic()

    def send_soon(self, message: Message) -> None:
        """Write one of many messages, which may wait for the next ones, but not for long."""
        if monotonic() - self._sent > _LONGEST_WAIT:
            self.send(message)
        else:
            self._writer.write(self._mark + encoded(message))

    def receive(self) -> Message:
        """Wait for one message; raises EOFError when the other side is gone, or wants us to go.

        Then it does so ever after: env.py, which may swallow the first one, is not to go on.
        """
        line = b"" if self._over else self._reader.readline()
        message = decoded(line) if line else {"do": EXIT}
        if message["do"] == EXIT:
            self._over = True
            raise EOFError
        self._mark = str(message["mark"]).encode("ascii")
        return message


def encoded(message: Message) -> bytes:
    """Return *message* as one line; lone surrogates survive as escapes."""
    return _ENCODER.encode(message).encode("ascii") + b"\n"


def decoded(line: bytes) -> Message:
    """Return the message in *line*."""
    message: Message = json.loads(line)
    return message
