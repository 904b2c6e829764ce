"""Work in a process of its own, at the same time as ours.

A process, not a thread: its connections, time-outs and signals are those of any run, and it cannot
disturb ours.
"""

import contextlib
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import Generic, TypeVar

from alembic_ci.errors import Interrupted
from alembic_ci.project.process import READER
from alembic_ci.worker.serve import end_with_the_tool

Result = TypeVar("Result")

_LEAVE_SECONDS = 5.0
_FORK = multiprocessing.get_context("fork")


class Apart(Generic[Result]):
    """One piece of work that another process does; what it returns is pickled."""

    def __init__(self, process: ForkProcess, connection: Connection) -> None:
        self._process = process
        self._connection = connection
        self._told = False

    def result(self) -> Result | None:
        """Wait for what the work returned; None: it came to nothing, for whatever reason.

        Then we do it ourselves, and see the reason.
        """
        try:
            found: Result = self._connection.recv()
        except (EOFError, OSError):
            return None
        self._told = True
        return found

    def end(self) -> None:
        """See that the process is gone: one that has told its result is cleaning up.

        A signal to us in the middle of this is the last one that counts: then it begins again.
        """
        try:
            self._end()
        except Interrupted:
            self._end()
            raise

    def _end(self) -> None:
        self._connection.close()
        if self._told:
            self._process.join(_LEAVE_SECONDS)
        self._process.terminate()
        self._process.join(_LEAVE_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextlib.contextmanager
def apart(works: Sequence[Callable[[], Result]]) -> Iterator[list[Apart[Result]]]:
    """Do each of *works* in a process of its own; whatever still runs in the end is stopped."""
    if works:
        outlive_threads()
    with ExitStack() as stack:
        others: list[Connection] = []
        found: list[Apart[Result]] = []
        for work in works:
            ours, theirs = _FORK.Pipe(duplex=False)
            others.append(ours)
            process = _FORK.Process(target=_do, args=(work, theirs, tuple(others)))
            process.start()
            theirs.close()
            found.append(Apart(process, ours))
            stack.callback(found[-1].end)
        yield found


def outlive_threads() -> None:
    """Wait for threads of ours: a lock that one holds while we fork is never given back.

    Those that read what workers print end with their workers.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.name != READER:
            thread.join(_LEAVE_SECONDS)


def _do(work: Callable[[], Result], connection: Connection, others: Sequence[Connection]) -> None:
    end_with_the_tool()
    for other in others:  # else nobody would notice that the tool is gone
        other.close()
    with contextlib.suppress(Exception, Interrupted):  # the tool comes upon the same, and tells it
        connection.send(work())
