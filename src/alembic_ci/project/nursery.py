"""Workers that are forked from a process which has imported Alembic already, for many databases."""

import contextlib
import json
import os
import socket
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Self

from alembic_ci.project.child import ENTRY, Pipes, launched
from alembic_ci.project.process import WorkerProcess
from alembic_ci.project.spawn import Spawn
from alembic_ci.worker.protocol import VARIABLES

_Key = tuple[object, ...]
_PAUSE = 0.005  # seconds
_LOST = -9
_LEAVE_SECONDS = 2.0


class Nursery:
    """Hands out workers; the process they are forked from is started on first use.

    That process knows no database's URL and imports nothing of the project's; there is another one
    for each interpreter, folder or driver. Without it (the machine has no such sockets, or it died)
    workers are started one by one.
    """

    def __init__(self) -> None:
        self._warm: dict[_Key, _Warm | None] = {}

    def prepare(self, spawn: Spawn) -> None:
        """Start the process already that *spawn* will be forked from."""
        self._warm[_key(spawn)] = _started(spawn)

    def process(self, spawn: Spawn) -> WorkerProcess:
        """Return a process of its own for *spawn*."""
        key = _key(spawn)
        if key not in self._warm:
            self.prepare(spawn)
        warm = self._warm[key]
        if warm is not None:
            with contextlib.suppress(OSError, ValueError):
                return warm.forked(spawn)
            warm.close()
            self._warm[key] = None
        return spawn.start()

    def apart(self) -> "Nursery":
        """Return one for a process forked from ours, which gets its workers from the same place."""
        other = Nursery()
        for key, warm in self._warm.items():
            if warm is not None:
                with contextlib.suppress(OSError):
                    other._warm[key] = warm.joined()
        return other

    def close(self) -> None:
        """End what workers are forked from."""
        for warm in self._warm.values():
            if warm is not None:
                warm.close()
        self._warm.clear()

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End what was started."""
        self.close()


def _key(spawn: Spawn) -> _Key:
    return spawn.interpreter, spawn.directory, spawn.driver, tuple(sorted(_shared(spawn).items()))


def _shared(spawn: Spawn) -> dict[str, str]:
    """Return the variables that say nothing of any one database."""
    return {name: value for name, value in spawn.variables.items() if name not in spawn.own}


def _started(spawn: Spawn) -> "_Warm | None":
    with contextlib.suppress(OSError):
        line, theirs = _line()
        with theirs:
            command = [str(spawn.interpreter), str(ENTRY), "nursery"]
            process = launched(
                [*command, str(theirs.fileno()), spawn.driver],
                directory=spawn.directory,
                variables=_shared(spawn),
                keep=(theirs.fileno(),),
                output=subprocess.DEVNULL,
            )
        return _Warm(line, process)
    return None


def _line() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class _Warm:
    """The process with Alembic in it, if that is ours to end, and a line to it."""

    def __init__(
        self, line: socket.socket, process: "subprocess.Popen[bytes] | None" = None
    ) -> None:
        self._line = line
        self._process = process

    def joined(self) -> "_Warm":
        """Return the same with another line; this one may be somebody else's by now."""
        line, theirs = _line()
        with theirs:
            socket.send_fds(self._line, [json.dumps({"join": True}).encode()], [theirs.fileno()])
        return _Warm(line)

    def forked(self, spawn: Spawn) -> WorkerProcess:
        """Fork a worker; raises OSError or ValueError when nobody is there to do it."""
        own = {name: value for name, value in spawn.variables.items() if name in spawn.own}
        output_read, output_write = os.pipe()
        stream = os.fdopen(output_read, "rb")
        try:
            with Pipes() as pipes:
                answer = self._ask({"fork": True}, (*pipes.ends, output_write))
                child = _Forked(self, int(answer["pid"] or 0), stream)
                process = WorkerProcess(child, pipes)
        except (OSError, ValueError):
            stream.close()
            raise
        finally:
            os.close(output_write)
        process.tell({"do": VARIABLES, "variables": own})
        return process

    def status(self, pid: int) -> int | None:
        """Return the exit status of a worker; one that lost its parent is lost itself."""
        try:
            return self._ask({"status": pid})["status"]
        except (OSError, ValueError):
            return _LOST

    def _ask(self, request: object, descriptors: Sequence[int] = ()) -> dict[str, int | None]:
        socket.send_fds(self._line, [json.dumps(request).encode()], descriptors)
        answer: dict[str, int | None] = json.loads(self._line.recv(1 << 16))
        return answer

    def close(self) -> None:
        self._line.close()
        if self._process is None:
            return
        try:
            self._process.wait(_LEAVE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Forked:
    """A worker that is the child of the warm process, not ours."""

    def __init__(self, warm: _Warm, pid: int, output: IO[bytes]) -> None:
        self._warm = warm
        self._status: int | None = None
        self.pid = pid
        self.output = output

    def poll(self) -> int | None:
        if self._status is None:
            self._status = self._warm.status(self.pid)
        return self._status

    def wait(self, seconds: float) -> int | None:
        deadline = time.monotonic() + seconds
        while (status := self.poll()) is None and time.monotonic() < deadline:
            time.sleep(_PAUSE)
        return status
