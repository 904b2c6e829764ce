"""Print what the PostgreSQL tracker costs per step in schemas of growing size.

``cd tests; python -m benchmarks.tracker_cost``: the sizes take turns with every step, so that
whatever else the machine does falls on all of them.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from statistics import median

from alembic_ci.urls import DatabaseURL
from integration.postgresql.session import Session
from servers import fresh_database, postgresql_server

ROUNDS = 24
WARM = 4  # rounds in which the statements are still being planned
SIZES = (10, 50, 100, 1000)
TABLE = """create table t{n} (id serial primary key, name varchar(100) not null unique,
 age integer default 1, at timestamptz, parent_id integer {parent}, check (age > 0));
 create index on t{n} (parent_id)"""


def main() -> None:
    """Measure and say."""
    with ExitStack() as stack:
        admin = stack.enter_context(postgresql_server())
        sessions = {
            size: _filled(stack.enter_context(fresh_database(admin)), size) for size in SIZES
        }
        starts = {
            size: median(_seconds(session.start) for _ in range(3))
            for size, session in sessions.items()
        }
        tracked, bare = _measured(sessions)
        for session in sessions.values():
            session.close()
    for size in SIZES:
        _say(
            f"{size:5} tables: start() {starts[size] * 1000:6.0f} ms; median step"
            f" {tracked[size] * 1000:5.2f} ms, without the tracker {bare[size] * 1000:5.2f} ms"
        )
    _say(f"a step in 1,000 tables costs {tracked[1000] / tracked[50]:.2f} x one in 50 tables")


def _filled(url: DatabaseURL, tables: int) -> Session:
    session = Session(url)
    for number in range(tables):
        parent = f"references t{number - 1}" if number else ""
        session.run(TABLE.format(n=number, parent=parent))
        session.connection.commit()
    session.connection.autocommit = True
    session.run("vacuum analyze")
    session.connection.autocommit = False
    return session


def _measured(sessions: dict[int, Session]) -> tuple[dict[int, float], dict[int, float]]:
    """Return the median seconds of a step by size, with the tracker and without."""
    tracked, bare = defaultdict[int, list[float]](list), defaultdict[int, list[float]](list)
    for number in range(ROUNDS):
        for step in _steps(number):
            for size, session in sessions.items():
                tracked[size].append(_seconds(partial(session.step, step)))
    for step in _steps(ROUNDS):
        for size, session in sessions.items():
            bare[size].append(_seconds(partial(_run, session, step)))
    warm = WARM * len(list(_steps(0)))
    return (
        {size: median(seconds[warm:]) for size, seconds in tracked.items()},
        {size: median(seconds) for size, seconds in bare.items()},
    )


def _steps(number: int) -> Iterator[str]:
    yield f"create table n{number} (id serial primary key, t_id integer references t1)"
    yield f"alter table t{number % 9} add added{number} text default 'x'"
    yield f"create index i{number} on t{number % 9} (added{number})"
    yield f"alter table t{number % 9} drop added{number}"
    yield f"drop table n{number}"


def _run(session: Session, step: str) -> None:
    session.run(step)
    session.connection.commit()


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
