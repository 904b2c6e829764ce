"""How far a change got, judged by the schema that it left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alembic_ci.delta import ObjectKey
from alembic_ci.model import Presence
from alembic_ci.steps.doctor.essence import Essence, agree, differing


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """At least *least* and at most *most* statements of a change are in the database."""

    least: int
    most: int

    @property
    def count(self) -> int | None:
        """How many are in, None when that is undecided."""
        return self.least if self.least == self.most else None

    def presence(self, number: int) -> Presence:
        """Return what is known of the statement with that number, counted from 1."""
        if number <= self.least:
            return Presence.IN
        return Presence.MISSING if number > self.most else Presence.UNDECIDED


def touched(states: Sequence[Essence]) -> frozenset[ObjectKey]:
    """Return every object that changes anywhere between the states."""
    return frozenset(key for state in states[1:] for key in differing(states[0], state))


def placed(states: Sequence[Essence], live: Essence, hidden: Sequence[bool]) -> Placing | None:
    """Return how many statements are in; None when the schema is that before all of them, or none.

    *states* are the schemas before the first statement and after each; *hidden* tells of each
    statement whether it may do what no schema shows. One that makes no difference and hides nothing
    is taken as run: running it again would do no harm either.
    """
    keys = touched(states)
    fitting = [number for number, state in enumerate(states) if agree(live, state, keys)]
    if not fitting or 0 in fitting:
        return None
    least, most = fitting[0], fitting[-1]
    while least < most and not hidden[least]:
        least += 1
    return Placing(least=least, most=most)


def narrowed(placing: Placing, counts: Callable[[int], tuple[int, int] | None]) -> Placing:
    """Look into the rows of tables that the change itself has made.

    *counts* returns for a statement, by its index, how many rows its table has here and has after
    it on the scratch database; None where that tells nothing.
    """
    least = placing.least
    while least < placing.most:
        found = counts(least)
        if found is None:
            break
        here, there = found
        if here == 0:
            return Placing(least=least, most=least)
        if here != there:
            break
        least += 1
    return Placing(least=least, most=placing.most)
