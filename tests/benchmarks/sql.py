"""Compare rendering both directions of a history with one `alembic upgrade head --sql`.

On SQLite the history has no batch operations: without a database Alembic stops at the first.

python -m benchmarks.sql [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)
"""

import sys

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, bench, judged, medians, say

_TURNS = 3


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for dialect in [Dialect(name) for name in names] or list(Dialect):
        with bench(dialect) as place:
            for count in numbers or [1000]:
                _compare(place, count)


def _compare(place: Bench, count: int) -> None:
    with place.subject(count, batch=place.dialect is not Dialect.SQLITE) as subject:
        subject.alembic("history")  # writes the bytecode
        taken = medians(
            _TURNS,
            {
                "ours": lambda: place.cost(lambda: subject.alembic_ci("sql", "--sql-offline")),
                "plain": lambda: place.cost(lambda: subject.alembic("upgrade", "head", "--sql")),
                "compared": lambda: place.cost(lambda: subject.alembic_ci("sql")),
            },
        )
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions, medians of {_TURNS} (processor time): {listed}")
    judged("sql --sql-offline / alembic upgrade head --sql", taken["ours"], taken["plain"], 1.5)


if __name__ == "__main__":
    main()
