"""Compare what a user waits for with plain Alembic: upgrade, an upgrade of nothing, --help.

python -m benchmarks.upgrade [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)
"""

import sys
from collections.abc import Callable

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, say

_TURNS = 5


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for dialect in [Dialect(name) for name in names] or list(Dialect):
        with bench(dialect) as place:
            for count in numbers or [100]:
                _compare(place, count)


def _compare(place: Bench, count: int) -> None:
    def upgraded(action: Callable[[Subject], None]) -> Cost:
        with place.subject(count) as subject:
            return place.cost(lambda: action(subject))

    upgraded(_plain)  # writes the revisions and their bytecode
    taken = medians(_TURNS, {"ours": lambda: upgraded(_ours), "plain": lambda: upgraded(_plain)})
    with place.subject(count) as done:
        _plain(done)
        taken |= medians(
            _TURNS,
            {
                "nothing": lambda: place.cost(lambda: _ours(done)),
                "current": lambda: place.cost(lambda: done.alembic("current")),
                "help": lambda: place.cost(lambda: done.alembic_ci("--help")),
                "their help": lambda: place.cost(lambda: done.alembic("--help")),
            },
        )
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions, medians of {_TURNS} (processor time): {listed}")
    judged(
        "upgrade / (1.15 alembic upgrade + 0.6 s)", taken["ours"], taken["plain"] * 1.15 + 0.6, 1
    )
    allowed = taken["current"] * 1.5 + 0.3
    judged("upgrade of nothing / (1.5 alembic current + 0.3 s)", taken["nothing"], allowed, 1)
    judged("--help / alembic --help", taken["help"], taken["their help"], 1)


def _ours(subject: Subject) -> None:
    subject.alembic_ci("upgrade")


def _plain(subject: Subject) -> None:
    subject.alembic("upgrade", "head")


if __name__ == "__main__":
    main()
