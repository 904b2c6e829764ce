"""Compare the rollback test with the recipes people use, and with the bare walk.

python -m benchmarks.rollback_test [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)
"""

import sys
from collections.abc import Callable

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, say

_TURNS = 3
_SHORT = 100  # revisions; longer histories are not compared with the shell loop
_LOOPED = 10  # revisions of the shell loop that are really run


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for count in numbers or [100, 1000]:
        for dialect in [Dialect(name) for name in names] or list(Dialect):
            with bench(dialect) as place:
                _compare(place, count)


def _compare(place: Bench, count: int) -> None:
    def cost(action: Callable[[Subject], object], *, given_scratch: bool = True) -> Cost:
        with place.subject(count, given_scratch=given_scratch) as subject:
            return place.cost(lambda: action(subject))

    cost(_recipe)  # writes the revisions and their bytecode
    taken = medians(
        _TURNS,
        {
            "up, down, up": lambda: cost(Subject.stairs),
            "rollback-test --rows 0": lambda: cost(_without_rows),
            "with rows": lambda: cost(_with_rows),
            "on a server of its own": lambda: cost(_with_rows, given_scratch=False),
            "upgrade, downgrade, upgrade": lambda: cost(_recipe),
            "bare walk": lambda: cost(Subject.bare_walk),
        },
    )
    stairs, bare, rows, alone, recipe, walk = taken.values()
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions, medians of {_TURNS} (processor time): {listed}")
    judged("up, down, up of each, compared / three commands", stairs, recipe, 1.25)
    judged("up, down, up of each, compared / bare walk", stairs, walk, 1.8)
    judged("all of it, with rows / without", rows, bare, 2)
    if count <= _SHORT:
        _compare_with_the_loop(place, count, alone)


def _compare_with_the_loop(place: Bench, count: int, proof: Cost) -> None:
    with place.subject(count) as subject:
        loop = place.cost(lambda: _loop(subject)) * (count / _LOOPED)
    say(f"shell loop of +1, -1, +1: {loop}, extrapolated from {_LOOPED} revisions")
    judged("40 rollback tests, each with a server of its own / shell loop", proof * 40, loop, 1)


def _without_rows(subject: Subject) -> None:
    subject.alembic_ci("rollback-test", "--rows", "0")


def _with_rows(subject: Subject) -> None:
    subject.alembic_ci("rollback-test")


def _recipe(subject: Subject) -> None:
    for arguments in (("upgrade", "head"), ("downgrade", "base"), ("upgrade", "head")):
        subject.alembic(*arguments)


def _loop(subject: Subject) -> None:
    for _ in range(_LOOPED):
        for arguments in (("upgrade", "+1"), ("downgrade", "-1"), ("upgrade", "+1")):
            subject.alembic(*arguments)


if __name__ == "__main__":
    main()
