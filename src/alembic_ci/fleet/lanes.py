"""Several processes of this tool, each of which works on one database after the other.

A process, not a thread: signals, time-outs and the cleaning up are then the same as in a run on
one database, and a lane that is killed takes no other with it.
"""

import contextlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import assert_never

from alembic_ci.fleet.bell import Bell
from alembic_ci.fleet.lane import Visiting, serve
from alembic_ci.fleet.messages import Claimed, Finished, Heard, Known, Published, Said, Take
from alembic_ci.fleet.turns import INTERRUPTED, Turns
from alembic_ci.fleet.visit import Done
from alembic_ci.steps.apart import outlive_threads
from alembic_ci.steps.context import Context, Outcome

_ALL_TOLD = 8
_LEAVE_SECONDS = 5.0


@dataclass(slots=True, eq=False)
class _Lane:
    """One process, what it works on, and what it has promised to prove."""

    process: ForkProcess
    connection: Connection
    number: int | None = None
    claims: set[Hashable] = field(default_factory=set)


class Lanes:
    """*count* processes that take turns; *names* are the databases' names for people.

    *lost* tells what to report of a database whose process died.
    """

    def __init__(
        self,
        context: Context,
        names: Sequence[str],
        turns: Turns,
        *,
        count: int,
        lost: Callable[[int], Done],
    ) -> None:
        self._context = context
        self._names = list(names)
        self._turns = turns
        self._count = count
        self._lost = lost
        self._lanes: list[_Lane] = []
        self._known: dict[Hashable, Outcome] = {}
        self._waiting: dict[Hashable, deque[_Lane]] = {}

    def run(self, visit: Visiting) -> Iterator[tuple[int, Done]]:
        """Yield each database as it is done."""
        environment = self._names[0].partition("/")[0]
        self._context.progress.begin(
            f"databases of {environment}, {self._count} at once", len(self._names)
        )
        outlive_threads()
        with Bell() as bell:
            for _ in range(self._count):
                self._lanes.append(self._started(visit))
            try:
                self._hand_out()
                while any(lane.number is not None for lane in self._lanes):
                    yield from self._heard(bell)
                    self._hand_out()
            finally:
                self._dismiss()

    def _started(self, visit: Visiting) -> _Lane:
        ours, theirs = multiprocessing.Pipe()
        others = [lane.connection for lane in self._lanes]
        quiet = len(self._names) > _ALL_TOLD and not self._context.settings.verbose

        def work() -> None:
            for connection in (*others, ours):  # else nobody would notice that we are gone
                connection.close()
            serve(theirs, self._context, self._names, visit, quiet=quiet)

        process = multiprocessing.get_context("fork").Process(target=work)
        process.start()
        theirs.close()
        return _Lane(process, ours)

    def _hand_out(self) -> None:
        for lane in self._lanes:
            if lane.number is None and (number := self._turns.take()) is not None:
                lane.number = number
                with contextlib.suppress(OSError):  # it died; that is heard next
                    lane.connection.send(Take(number))

    def _heard(self, bell: Bell) -> Iterator[tuple[int, Done]]:
        lanes = list(self._lanes)
        ready = wait([*(lane.connection for lane in lanes), bell.fileno()])
        if bell.fileno() in ready:
            self._interrupt(bell.answered())
        for lane in lanes:
            if lane.connection in ready and lane in self._lanes:
                yield from self._message(lane)

    def _interrupt(self, signum: int) -> None:
        """Pass a signal on: each lane ends what it is doing, and reports."""
        self._turns.stop(INTERRUPTED)
        for lane in self._lanes:
            if lane.process.pid and lane.process.is_alive():
                os.kill(lane.process.pid, signum)

    def _message(self, lane: _Lane) -> Iterator[tuple[int, Done]]:
        try:
            message: Heard = lane.connection.recv()
        except (EOFError, OSError):
            yield from self._died(lane)
            return
        match message:
            case Finished(number, done):
                lane.number = None
                yield self._done(number, done)
            case Claimed(key):
                self._claimed(lane, key)
            case Published(key, outcome):
                self._published(lane, key, outcome)
            case Said(text, foreign):
                show = self._context.progress
                (show.foreign if foreign else show.note)(text)
            case _:
                assert_never(message)

    def _done(self, number: int, done: Done) -> tuple[int, Done]:
        self._turns.done(number, failed=done.failed)
        if done.signum:
            self._turns.stop(INTERRUPTED)
        state = next((report.state.value for report in done.reports), "")
        self._context.progress.advance(f"{self._names[number]} {state}")
        return number, done

    def _claimed(self, lane: _Lane, key: Hashable) -> None:
        """Answer at once, or when the lane that proves it is through."""
        if key in self._known:
            _tell(lane, self._known[key])
        elif any(key in other.claims for other in self._lanes):
            self._waiting.setdefault(key, deque()).append(lane)
        else:
            lane.claims.add(key)
            _tell(lane, None)

    def _published(self, lane: _Lane, key: Hashable, outcome: Outcome | None) -> None:
        lane.claims.discard(key)
        waiting = self._waiting.pop(key, deque())
        if outcome is not None:
            self._known[key] = outcome
            for other in waiting:
                _tell(other, outcome)
        elif waiting:
            self._waiting[key] = waiting
            self._claimed_anew(key)

    def _claimed_anew(self, key: Hashable) -> None:
        """Let the next one try what came to nothing."""
        lane = self._waiting[key].popleft()
        lane.claims.add(key)
        _tell(lane, None)

    def _died(self, lane: _Lane) -> Iterator[tuple[int, Done]]:
        """Go on without a lane; the last one takes the rest of the work with it."""
        self._lanes.remove(lane)
        for waiting in self._waiting.values():
            with contextlib.suppress(ValueError):
                waiting.remove(lane)
        for key in tuple(lane.claims):
            self._published(lane, key, None)
        lane.connection.close()
        if not self._lanes:
            self._turns.stop("every process that could have done it died")
        if lane.number is not None:
            yield self._done(lane.number, self._lost(lane.number))

    def _dismiss(self) -> None:
        for lane in self._lanes:
            lane.connection.close()
        for lane in self._lanes:
            lane.process.join(_LEAVE_SECONDS)
            if lane.process.is_alive():
                lane.process.terminate()
                lane.process.join(_LEAVE_SECONDS)


def _tell(lane: _Lane, outcome: Outcome | None) -> None:
    with contextlib.suppress(OSError):  # it died; that is heard next
        lane.connection.send(Known(outcome))
