"""Compare the rollback test with the default tests of pytest-alembic on the same history.

python -m benchmarks.pytest_alembic [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)

Its tests run in an environment of their own, because it does not accept the pytest of this project.
The one that compares with models is left out: a generated history has none.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Cost, Subject, bench, judged, medians, run, say
from environments import PinnedSet

_TURNS = 3
_PINNED = PinnedSet(
    name="pytest-alembic",
    requirements=(
        *("pytest-alembic==0.13.1", "pytest==8.4.2", "alembic==1.20.1", "sqlalchemy==2.1.9"),
        *("psycopg2-binary==2.9.12", "pymysql==1.1.2"),
    ),
    pythons=("3.11", "3.12"),
)
_TESTS = """import pytest, sqlalchemy
from pytest_alembic.tests import (
    test_single_head_revision, test_up_down_consistency, test_upgrade,
)

@pytest.fixture
def alembic_engine():
    return sqlalchemy.create_engine({url!r})
"""


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    interpreter = _PINNED.interpreter()
    for count in numbers or [300]:
        for dialect in [Dialect(name) for name in names] or list(Dialect):
            with bench(dialect) as place:
                _compare(place, count, interpreter)


def _compare(place: Bench, count: int, interpreter: Path) -> None:
    def cost(action: Callable[[Subject], object]) -> Cost:
        with place.subject(count) as subject:
            return place.cost(lambda: action(subject))

    taken = medians(
        _TURNS,
        {
            "up, down, up": lambda: cost(Subject.stairs),
            "all of rollback-test --rows 0": lambda: cost(_without_rows),
            "pytest-alembic": lambda: cost(lambda it: _default_tests(it, interpreter)),
        },
    )
    stairs, whole, theirs = taken.values()
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    say(f"\n{place.dialect}, {count} revisions: {listed}")
    judged("5 x up, down, up of each / pytest-alembic's default tests", stairs * 5, theirs, 1)
    judged("5 x all of it, with the way in one go / the same", whole * 5, theirs, 1)


def _without_rows(subject: Subject) -> None:
    subject.alembic_ci("rollback-test", "--rows", "0")


def _default_tests(subject: Subject, interpreter: Path) -> None:
    tests = _TESTS.format(url=subject.url.render())
    (subject.directory / "test_migrations.py").write_text(tests)
    command = (str(interpreter), "-m", "pytest", "-q", "test_migrations.py")
    run(command, subject.directory, {})


if __name__ == "__main__":
    main()
