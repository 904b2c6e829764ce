"""Compare the cost of one revision in a long history with that in a short one.

python -m benchmarks.scaling [SHORT LONG] [postgresql|mysql|sqlite ...]       (in tests/)

What a history of one revision costs is start-up, and is subtracted from both.
"""

import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, say

_TURNS = 3
_MEGABYTE = 1024 * 1024


def _upgrade(subject: Subject) -> int:
    return subject.alembic_ci("upgrade")


def _proof(subject: Subject) -> int:
    return subject.alembic_ci("rollback-test", "--rows", "0")


def _proof_with_rows(subject: Subject) -> int:
    return subject.alembic_ci("rollback-test")


def _plain(subject: Subject) -> int:
    return subject.alembic("upgrade", "head")


# The first two are what the database and Alembic themselves make of a long history.
_ACTIONS: Mapping[str, Callable[[Subject], int]] = MappingProxyType(
    {
        "alembic upgrade": _plain,
        "bare walk": Subject.bare_walk,
        "upgrade": _upgrade,
        "rollback-test --rows 0": _proof,
        "rollback-test": _proof_with_rows,
    }
)


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    short, long = numbers or (100, 1000)
    for dialect in [Dialect(name) for name in names] or list(Dialect):
        with bench(dialect) as place:
            for name in _ACTIONS:
                _compare(place, name, short, long)


def _compare(place: Bench, name: str, short: int, long: int) -> None:
    peaks: dict[int, int] = {}

    def cost(count: int) -> Cost:
        with place.subject(count) as subject:
            subject.alembic("heads")  # writes the bytecode of the revisions
            return place.cost(lambda: peaks.update({count: _ACTIONS[name](subject)}))

    lengths = (1, short, long)
    taken = medians(_TURNS, {str(count): partial(cost, count) for count in lengths})
    one, few, many = taken.values()
    say(
        f"\n{place.dialect} {name}, medians of {_TURNS} turns (processor time): "
        f"1 revision {one}, {short} {few}, {long} {many}; "
        f"the largest process at {long}: {peaks[long] / _MEGABYTE:.0f} MB"
    )
    judged(
        f"a revision of {long} / a revision of {short}",
        _each(many, one, long),
        _each(few, one, short),
        1.3,
    )


def _each(whole: Cost, start: Cost, count: int) -> Cost:
    more = count - 1
    return Cost((whole.wall - start.wall) / more, (whole.cpu - start.cpu) / more)


if __name__ == "__main__":
    main()
