"""The worker's process: started, asked, listened to, and ended whatever it does."""

import contextlib
import fcntl
import json
import math
import os
import select
import signal
import termios
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from alembic_ci.errors import Interrupted
from alembic_ci.project.child import Child, Pipes, started
from alembic_ci.project.explain import died, forged
from alembic_ci.project.failures import WorkerDiedError, WorkerTimeoutError
from alembic_ci.project.tail import TAIL_BYTES, Tail
from alembic_ci.worker.protocol import EXIT, Message, encoded

READER = "output of a worker"  # the thread that reads it
_LOOK_SECONDS = 0.5
_DRAIN_SECONDS = 0.5
_LEAVE_SECONDS = 2.0
# GitHub kills a cancelled job's processes after 10 s; the database has to be looked at as well.
_GRACE_SECONDS = ((signal.SIGINT, 1.5), (signal.SIGTERM, 0.5), (signal.SIGKILL, 3.0))


class WorkerProcess:
    """One worker in a session of its own; its stdout and stderr are one captured stream.

    ``meanwhile`` is called now and then while an answer is waited for.
    """

    def __init__(self, child: Child, pipes: Pipes) -> None:
        self.meanwhile: Callable[[], None] = _do_nothing
        self._output = Tail()
        self._early: list[str] = []
        self._listen: Callable[[str], None] = self._early.append
        self._listening = threading.Lock()
        self._lines: deque[bytes] = deque()
        self._begun_line = b""
        self._mark = os.urandom(8).hex()
        self._begun: Message | None = None
        self._busy = False
        self._closed = False
        self._dismissed = False
        self._asks, self._answers = pipes.asks, pipes.answers
        self._child = child
        self._reader = threading.Thread(target=self._read_output, name=READER, daemon=True)
        self._reader.start()

    @classmethod
    def start(
        cls, *, interpreter: Path, directory: Path, variables: Mapping[str, str]
    ) -> "WorkerProcess":
        """Start the interpreter; raises SettingsError when it cannot be."""
        with Pipes() as pipes:
            child = started(
                interpreter,
                pipes.ends,
                directory=directory,
                variables=variables,
            )
            return cls(child, pipes)

    def heard_by(self, listen: Callable[[str], None]) -> None:
        """Give every line of the output to *listen*, as it comes, on another thread."""
        with self._listening:
            for line in self._early:
                listen(line)
            self._early.clear()
            self._listen = listen

    @property
    def output(self) -> str:
        """The tail of what the worker printed so far, up to the last thing it said."""
        deadline = time.monotonic() + _DRAIN_SECONDS
        while self._unread() and time.monotonic() < deadline:
            time.sleep(0.005)
        return self._output.text()

    def _unread(self) -> bool:
        """Tell whether the reader has not caught up with the pipe yet."""
        stream = self._child.output
        if stream.closed or not self._reader.is_alive():
            return False
        waiting = fcntl.ioctl(stream.fileno(), termios.FIONREAD, b"\0" * 4)
        return self._output.busy or any(waiting)

    def begin(self, request: Message) -> None:
        """Ask the first request, unless that was done already; it can be no other one then."""
        if self._begun is None:
            self._begun = request
            self.ask(request)
        elif self._begun != request:
            raise ValueError(request["do"])

    def ask(self, message: Message) -> None:
        """Send one request; raises WorkerDiedError when nobody is there to read it."""
        data = encoded({**message, "mark": self._mark})
        self._busy = True
        try:
            while data:
                data = data[os.write(self._asks, data) :]
        except BrokenPipeError:
            raise self._died() from None

    def tell(self, message: Message) -> None:
        """Send something that has no answer."""
        self.ask(message)
        self._busy = False

    def answer(self, *, timeout: float) -> Message:
        """Wait for the next message; *timeout* in seconds, 0 for no limit."""
        deadline = time.monotonic() + timeout if timeout else math.inf
        poll = select.poll()
        poll.register(self._answers, select.POLLIN | select.POLLHUP)
        while not self._lines:
            left = deadline - time.monotonic()
            if not poll.poll(max(0.0, min(left, _LOOK_SECONDS)) * 1000):
                if left < _LOOK_SECONDS:
                    raise self._timed_out(timeout)
                self.meanwhile()
                continue
            chunk = os.read(self._answers, 1 << 20)
            if not chunk:
                raise self._died()
            *lines, self._begun_line = (self._begun_line + chunk).split(b"\n")
            self._lines.extend(lines)
        line = self._lines.popleft()
        said = line.removeprefix(self._mark.encode())
        if said == line:
            raise forged(output=self.output)
        message: Message = json.loads(said)
        self._busy = False
        return message

    def stop(self) -> None:
        """End the worker, politely unless it is busy; never waits longer than its grace.

        A signal to us in the middle of this is the last one that counts: then it begins again.
        """
        if self._closed:
            return
        try:
            self._stop()
        except Interrupted:
            self._stop()
            raise
        self._closed = True
        self._close_pipes()

    def dismiss(self) -> None:
        """Let the worker end while we go on, unless it is busy; to be stopped all the same."""
        if not self._busy and self._child.poll() is None:
            with contextlib.suppress(WorkerDiedError, OSError):
                self.ask({"do": EXIT})
            self._dismissed = True

    def _stop(self) -> None:
        self.dismiss()
        if self._dismissed:
            self._dismissed = False
            self._await_end(_LEAVE_SECONDS)
        self.kill()

    def _close_pipes(self) -> None:
        os.close(self._asks)
        os.close(self._answers)

    def kill(self) -> None:
        """End the worker and everything it started, now."""
        for signum, grace in _GRACE_SECONDS:
            if self._child.poll() is not None:
                break
            self._signal(signum)
            self._await_end(grace)
        self._signal(signal.SIGKILL)
        self._reader.join(1)

    def _await_end(self, seconds: float) -> None:
        """Wait for the process; its pipe closes when it ends, and ``wait()`` alone would nap."""
        deadline = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._answers, select.POLLIN | select.POLLHUP)
        with contextlib.suppress(OSError):
            while (left := deadline - time.monotonic()) > 0:
                if poll.poll(left * 1000) and not os.read(self._answers, 1 << 20):
                    break
        self._child.wait(max(0.0, deadline - time.monotonic()))

    def _signal(self, signum: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signum)

    def _read_output(self) -> None:
        with self._child.output as stream:
            for line in iter(lambda: stream.readline(TAIL_BYTES), b""):
                self._output.busy = True
                self._output.add(line)
                with self._listening:
                    self._listen(line.decode("utf-8", "replace").rstrip("\r\n"))
                self._output.busy = False

    def _died(self) -> WorkerDiedError:
        self._child.wait(2)
        self._reader.join(1)
        return died(self._child.poll(), output=self.output)

    def _timed_out(self, timeout: float) -> WorkerTimeoutError:
        self._signal(signal.SIGUSR1)  # faulthandler prints where the worker hangs
        time.sleep(0.3)
        self.kill()
        return WorkerTimeoutError(
            f"env.py or a revision did not come back within {timeout:g} s and was ended.",
            meaning="It waits for a lock, for input, for another service, or loops.",
            remedy="The end of its output below shows where it stood. If it is only slow, raise "
            "--start-timeout (import and connect) or --step-timeout (one revision).",
            output=self.output,
        )


def _do_nothing() -> None:
    """Nobody wants to do anything in the meantime."""
