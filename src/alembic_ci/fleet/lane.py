"""The process of one lane: it works on one database after the other, as it is told."""

import dataclasses
import signal
import threading
from collections.abc import Callable, Hashable
from multiprocessing.connection import Connection
from types import FrameType

from alembic_ci.errors import Interrupted
from alembic_ci.fleet.messages import Claimed, Finished, Heard, Known, Published, Said, Take, Told
from alembic_ci.fleet.sharing import Sharing
from alembic_ci.fleet.visit import Done
from alembic_ci.interrupting import deafen, heard, interrupt
from alembic_ci.project.nursery import Nursery
from alembic_ci.steps.context import Context, Outcome, Silence, do_nothing
from alembic_ci.worker.serve import end_with_the_tool

Visiting = Callable[[int, Context, Sharing], Done]


class Line:
    """The lane's end of the line; a signal never cuts a message in two."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.RLock()  # what env.py prints comes on another thread
        self._sending = False
        self._signum = 0

    def listen_to_signals(self) -> None:
        """Let the first signal interrupt the work, as in a run without lanes."""
        for number in heard():
            signal.signal(number, self._signalled)

    def _signalled(self, signum: int, _: FrameType | None) -> None:
        deafen()
        if self._sending:
            self._signum = signum
            return
        interrupt(signum)

    def send(self, message: Heard) -> None:
        """Send a message whole, then obey a signal that came meanwhile."""
        main = threading.current_thread() is threading.main_thread()
        self._sending = self._sending or main
        with self._lock:
            self._connection.send(message)
        if main:
            self._sending = False
            signum, self._signum = self._signum, 0
            if signum:
                raise Interrupted(signum)

    def receive(self) -> Told | None:
        """Wait to be told; None: there is nothing more to do, or nobody who would tell."""
        try:
            message: Told | None = self._connection.recv()
        except EOFError:
            return None
        return message

    def claim(self, key: Hashable) -> Outcome | None:
        """Ask what others have proved."""
        self.send(Claimed(key))
        answer = self.receive()
        return answer.outcome if isinstance(answer, Known) else None

    def publish(self, key: Hashable, outcome: Outcome | None) -> None:
        """Tell what was proved."""
        self.send(Published(key, outcome))


class _Relay(Silence):
    """Progress that is shown by the process of the run, behind the database's name."""

    def __init__(self, line: Line, name: str, *, quiet: bool) -> None:
        self._line = line
        self._name = name
        self._quiet = quiet

    def advance(self, text: str) -> None:
        """Pass it on."""
        self.note(text)

    def note(self, text: str) -> None:
        """Pass it on."""
        if not self._quiet:
            self._line.send(Said(f"{self._name}: {text}"))

    def foreign(self, line: str) -> None:
        """Pass it on."""
        self._line.send(Said(f"{self._name}: {line}", foreign=True))


def serve(
    connection: Connection, context: Context, names: list[str], visit: Visiting, *, quiet: bool
) -> None:
    """Work until there is nothing more to do; a signal ends the database that is worked on."""
    end_with_the_tool()
    line = Line(connection)
    line.listen_to_signals()
    try:
        with Nursery() as nursery:
            while isinstance(told := line.receive(), Take):
                relay = _Relay(line, names[told.number], quiet=quiet)
                own = dataclasses.replace(
                    context, progress=relay, ahead=nursery, processors=1, prepare=do_nothing
                )
                done = visit(told.number, own, line)
                line.send(Finished(told.number, done))
    except (Interrupted, BrokenPipeError):
        return  # between two databases, or nobody is there any more
