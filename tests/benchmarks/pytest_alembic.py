"""Compare the rollback test with the default tests of pytest-alembic on the same history.

python -m benchmarks.pytest_alembic [REVISIONS] [postgresql|mysql|sqlite ...]       (in tests/)

Its tests run in an environment of their own, because it does not accept the pytest of this project.
The one that compares with models is left out: a generated history has none.
"""

import sys
from pathlib import Path

from alembic_ci.urls import Dialect
from benchmarks.measuring import Bench, Subject, bench, judged, medians, run, say
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
    def ours() -> None:
        with place.subject(count) as subject:
            subject.alembic_ci("rollback-test", "--rows", "0")

    def theirs() -> None:
        with place.subject(count) as subject:
            _default_tests(subject, interpreter)

    taken = medians(
        _TURNS, {"rollback-test": lambda: place.cost(ours), "theirs": lambda: place.cost(theirs)}
    )
    mine, other = taken.values()
    say(f"\n{place.dialect}, {count} revisions: rollback-test {mine}, pytest-alembic {other}")
    judged("5 rollback tests / pytest-alembic's default tests", mine * 5, other, 1)


def _default_tests(subject: Subject, interpreter: Path) -> None:
    tests = _TESTS.format(url=subject.url.render())
    (subject.directory / "test_migrations.py").write_text(tests)
    command = (str(interpreter), "-m", "pytest", "-q", "test_migrations.py")
    run(command, subject.directory, {})


if __name__ == "__main__":
    main()
