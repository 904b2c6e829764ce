"""A long stairway in flights, which several processes prove at once.

Each flight is a part of the history. Its process has a scratch database of its own, brings that up
to where the flight begins, which is much less work than a proof, and proves one revision after
the other from there. What comes to nothing (a revision below cannot be applied, the process died)
is proved one after the other in the end, as a short stairway is.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from alembic_ci.history import Revision
from alembic_ci.steps.apart import Apart, apart
from alembic_ci.steps.context import Silence
from alembic_ci.steps.prover import Assignment, Proved
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.stairway import Stairway
from alembic_ci.urls import Dialect

_SHORTEST = 50  # revisions: below that, a second process takes longer to start than it saves
_MOST = 4  # processes: further ones would mostly bring databases up
_BRINGING_UP = 1 / 8  # of what the proof of a revision takes
# By how much of itself the work on a revision grows with each revision below it: SQLite reads its
# whole schema anew whenever something in it has changed.
_GROWTH = {Dialect.SQLITE: 1 / 500}
_OF_THE_SERVER = re.compile(
    rb"\b(?:create|alter|drop)\s+(?:role|user|group|tablespace|database|subscription|server)\b"
    rb"|\.sql\b",  # whatever such a file does
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flown:
    """What a process found out about its flight, and what it recorded meanwhile."""

    proved: Proved
    recording: Recording | None


def climb(
    scratch: Scratch, stairway: Stairway, assignments: Mapping[str, Assignment], count: int
) -> None:
    """Prove the revisions of the only database in *count* flights."""
    ((label, assignment),) = assignments.items()
    (binding,) = scratch.bindings
    lowest, *upper = divided(assignment.todo, len(assignment.base), count, binding.url.dialect)
    prover = stairway.provers[label]
    below = set(assignment.base) | {revision.revision for revision in lowest}
    reached, works = assignment.reached, []
    for flight in upper:
        part = Assignment(base=frozenset(below), todo=flight, elsewhere=reached)
        works.append(partial(_fly, scratch, label, part))
        below |= {revision.revision for revision in flight}
    with apart(works) as others:
        prover.spared = sum(map(len, upper))
        stairway.run()
        for flight, other in zip(upper, others, strict=True):
            prover.spared -= len(flight)
            if not _taken_over(scratch, stairway, label, other):
                stairway.run()


def divided(
    todo: tuple[Revision, ...], below: int, count: int, dialect: Dialect
) -> Iterator[tuple[Revision, ...]]:
    """Divide *todo*, with *below* revisions under it, so that *count* flights take the same time.

    The higher ones are shorter, for their databases are brought up to where they begin.
    """
    growth = _GROWTH.get(dialect, 0.0)
    bottom = _work(below, growth)
    whole = _work(below + len(todo), growth) - bottom
    weights = [(1 - _BRINGING_UP) ** number for number in range(count)]
    start, passed = 0, 0.0
    for weight in weights:
        passed += weight / sum(weights)
        end = round(_revisions(bottom + whole * passed, growth)) - below
        yield todo[start:end]
        start = end


def _work(revisions: int, growth: float) -> float:
    """Return what the first *revisions* of a history take, where the very first takes 1."""
    return revisions + growth * revisions**2 / 2


def _revisions(work: float, growth: float) -> float:
    """Return for how many revisions that is the work."""
    return (math.sqrt(1 + 2 * growth * work) - 1) / growth if growth else work


def divisible(todo: Sequence[Revision], processors: int) -> int:
    """Return how many processes may be at work on *todo*, each on a database of its own.

    Revisions that make or change what all databases of a server share would disturb each other.
    """
    count = min(processors, _MOST, len(todo) // _SHORTEST)
    if count > 1 and any(_OF_THE_SERVER.search(r.path.read_bytes()) for r in todo):
        return 1
    return max(1, count)


def _fly(scratch: Scratch, label: str, assignment: Assignment) -> _Flown:
    """Prove one flight; this runs in a process of its own."""
    recorded = label in scratch.desk.recordings
    with scratch.apart() as other:
        if recorded:
            other.record({label: Recording()})
        stairway = Stairway(other, {label: assignment}, progress=Silence())
        stairway.run()
        return _Flown(
            proved=stairway.provers[label].found(),
            recording=other.desk.recordings.get(label),
        )


def _taken_over(scratch: Scratch, stairway: Stairway, label: str, other: Apart[_Flown]) -> bool:
    """Take over what another process has proved, if the revisions below it can be applied."""
    prover = stairway.provers[label]
    if not all(proof.applied for proof in prover.proofs):
        return False
    flown = other.result()
    if flown is None:
        return False
    prover.take_over(flown.proved)
    if flown.recording:
        scratch.desk.recordings[label].include(flown.recording)
    return True
