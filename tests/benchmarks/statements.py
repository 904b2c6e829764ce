"""Compare the rollback test with one that does not measure each statement.

python -m benchmarks.statements [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)

Half of the history is there already, so that statements change tables that were there before.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, say

_TURNS = 5
_UNMEASURED = Path(__file__).with_name("unmeasured.py")


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for dialect in [Dialect(name) for name in names] or list(Dialect):
        with bench(dialect) as place:
            for count in numbers or [100]:
                _compare(place, count)


def _compare(place: Bench, count: int) -> None:
    with place.subject(count) as subject:
        subject.alembic("upgrade", f"+{count // 2}")

        def cost(action: Callable[[Subject], object]) -> Cost:
            return place.cost(lambda: action(subject))

        taken = medians(
            _TURNS,
            {
                "measured": lambda: cost(lambda it: it.alembic_ci("rollback-test")),
                "unmeasured": lambda: cost(lambda it: it.ours(str(_UNMEASURED), "rollback-test")),
            },
        )
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions, half pending, medians of {_TURNS}: {listed}")
    judged("measuring each statement / not", taken["measured"], taken["unmeasured"], 1.15)


if __name__ == "__main__":
    main()
