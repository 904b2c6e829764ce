"""Compare an upgrade of many databases with a shell loop of ``alembic upgrade head``.

python -m benchmarks.many [DATABASES] [REVISIONS] [postgresql|sqlite ...]       (in tests/)
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from alembic_ci.urls import DatabaseURL, Dialect
from benchmarks.measuring import Bench, Cost, bench, judged, medians, run, say
from projects.generate import write_history
from servers import fresh_database

_TURNS = 3
_REVISIONS = 5
_DATABASES = {Dialect.SQLITE: 200, Dialect.POSTGRESQL: 50}
_ENV = Path(__file__).with_name("env_from_variable.py")
_LIMIT = 1 / 3


def main() -> None:
    """Measure each database."""
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    names = [argument for argument in sys.argv[1:] if not argument.isdigit()]
    for dialect in [Dialect(name) for name in names] or list(_DATABASES):
        databases, revisions = [*numbers, *(_DATABASES[dialect], _REVISIONS)[len(numbers) :]]
        with bench(dialect) as place:
            _compare(place, databases, revisions)


def _compare(place: Bench, count: int, revisions: int) -> None:
    directory = place.folder / "many"
    write_history(directory, revisions)
    (directory / "migrations" / "env.py").write_text(_ENV.read_text())

    def upgraded(action: Callable[[Path, list[DatabaseURL]], None]) -> Cost:
        with _databases(place, count) as urls:
            return place.cost(lambda: action(directory, urls))

    with _databases(place, 1) as urls:  # writes the bytecode of the revisions
        _loop(directory, urls)
    taken = medians(_TURNS, {"ours": lambda: upgraded(_ours), "loop": lambda: upgraded(_loop)})
    listed = ", ".join(f"{name} {cost}" for name, cost in taken.items())
    what = f"{place.dialect}, {count} databases, {revisions} revisions, medians of {_TURNS}"
    say(f"\n{what}: {listed}")
    judged("upgrade of all / shell loop", taken["ours"], taken["loop"], _LIMIT)


def _ours(directory: Path, urls: list[DatabaseURL]) -> None:
    lines = "\n".join(f"t{number:03}={url.render()}" for number, url in enumerate(urls))
    run((sys.executable, "-m", "alembic_ci", "upgrade"), directory, {"DEV_DATABASE_URLS": lines})


def _loop(directory: Path, urls: list[DatabaseURL]) -> None:
    each = f'DATABASE_URL="$url" {sys.executable} -m alembic upgrade head'
    loop = f'set -e; for url in "$@"; do {each}; done'
    run(("sh", "-c", loop, "sh", *(url.render() for url in urls)), directory, {})


@contextmanager
def _databases(place: Bench, count: int) -> Iterator[list[DatabaseURL]]:
    with ExitStack() as stack:
        if place.admin is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(dir=place.folder))
            yield [
                DatabaseURL(drivername="sqlite", database=f"{folder}/{number}.db")
                for number in range(count)
            ]
            return
        urls = [stack.enter_context(fresh_database(place.admin)) for _ in range(count)]
        yield [replace(url, drivername="postgresql+psycopg2", written="") for url in urls]


if __name__ == "__main__":
    main()
