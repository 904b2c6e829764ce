"""The way in one go at the same time as the proofs, in the hope that these are without failures."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from alembic_ci.delta import Delta, Snapshot
from alembic_ci.model import State, Verdict
from alembic_ci.steps.apart import Apart, apart
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.round_trip import Travelled, Trips, round_trips
from alembic_ci.steps.scratch import Scratch


class EarlyTrip:
    """What another process finds; nothing is taken from it but that all is well."""

    def __init__(self, others: Sequence[Apart[Travelled]]) -> None:
        self._others = others

    def trips(
        self, grounds: Mapping[str, Ground], schemas: Mapping[str, Snapshot | None]
    ) -> Trips | None:
        """Return the three legs if they are those of the proofs of *grounds*, else None.

        *schemas* are where the revisions led one by one.
        """
        if not self._others or not _without_failures(grounds):
            return None
        travelled = self._others[0].result()
        if travelled is None or not _without_trouble(travelled.trips):
            return None
        for label, schema in schemas.items():
            if schema is None or Delta.between(schema, travelled.schemas[label]):
                return None
        return travelled.trips


@contextlib.contextmanager
def early_trip(
    scratch: Scratch, grounds: Mapping[str, Ground], *, together: bool
) -> Iterator[EarlyTrip]:
    """Go the way in one go from now on, if *together*; the proofs are made meanwhile."""
    with apart([partial(_go, scratch, grounds)] if together else []) as others:
        yield EarlyTrip(others)


def _go(scratch: Scratch, grounds: Mapping[str, Ground]) -> Travelled:
    """Go; this runs in a process of its own."""
    with scratch.apart() as other:
        return round_trips(other, grounds, {})


def _without_failures(grounds: Mapping[str, Ground]) -> bool:
    return all(p.verdict is Verdict.PASSED for ground in grounds.values() for p in ground.proofs)


def _without_trouble(trips: Trips) -> bool:
    return all(leg.state is State.PASSED for legs in trips.values() for leg in legs)
