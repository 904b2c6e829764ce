"""Compare the rollback test with the recipes people use, and with the bare walk.

python -m benchmarks.rollback_test [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)
"""

import json
import sys
from collections.abc import Callable
from statistics import median

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
    trips: list[float] = []

    def cost(action: Callable[[Subject], object], *, given_scratch: bool = True) -> Cost:
        with place.subject(count, given_scratch=given_scratch) as subject:
            return place.cost(lambda: action(subject))

    def proof(subject: Subject) -> None:
        subject.alembic_ci("rollback-test", "--rows", "0")
        trips.append(_round_trip(subject))

    cost(_recipe)  # writes the revisions and their bytecode
    taken = medians(
        _TURNS,
        {
            "rollback-test --rows 0": lambda: cost(proof),
            "with rows": lambda: cost(_with_rows),
            "on a server of its own": lambda: cost(_with_rows, given_scratch=False),
            "upgrade, downgrade, upgrade": lambda: cost(_recipe),
            "bare walk": lambda: cost(Subject.bare_walk),
        },
    )
    bare, rows, alone, recipe, walk = taken.values()
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions, medians of {_TURNS} (processor time): {listed}")
    trip = median(trips)
    stairs = Cost(bare.wall - trip, bare.cpu * (1 - trip / bare.wall))
    say(f"{trip:.2f} s of the first are the round trip in one go, which the next two leave out")
    judged("up, down, up of each, compared / three commands", stairs, recipe, 1.25)
    judged("up, down, up of each, compared / bare walk", stairs, walk, 1.8)
    judged("all of it, with rows / without", rows, bare, 2)
    if count <= _SHORT:
        _compare_with_the_loop(place, count, alone)


def _round_trip(subject: Subject) -> float:
    """Return the seconds of the three legs, as the report has them."""
    report = json.loads((subject.directory / "alembic-ci-report" / "report.json").read_text())
    (step,) = report["environments"][0]["databases"][0]["steps"]
    return sum(float(leg["duration"]) for leg in step["result"]["round_trip"])


def _compare_with_the_loop(place: Bench, count: int, proof: Cost) -> None:
    with place.subject(count) as subject:
        loop = place.cost(lambda: _loop(subject)) * (count / _LOOPED)
    say(f"shell loop of +1, -1, +1: {loop}, extrapolated from {_LOOPED} revisions")
    judged("40 rollback tests, each with a server of its own / shell loop", proof * 40, loop, 1)


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
