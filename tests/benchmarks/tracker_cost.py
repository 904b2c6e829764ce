"""Print what the PostgreSQL tracker costs per step in schemas of growing size.

python -m benchmarks.tracker_cost          (in tests/, with a private server)
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from alembic_ci.urls import DatabaseURL
from integration.postgresql.session import Session
from servers import fresh_database, postgresql_server

STEPS = 12
SIZES = (10, 50, 100, 1000)
TABLE = """create table t{n} (id serial primary key, name varchar(100) not null unique,
 age integer default 1, at timestamptz, parent_id integer {parent}, check (age > 0));
 create index on t{n} (parent_id)"""


def main() -> None:
    """Measure every size on a server of its own, and compare 1,000 tables with 50."""
    with postgresql_server() as admin:
        results = {tables: _measured(admin, tables) for tables in SIZES}
    for tables, (start, step, bare) in results.items():
        _say(
            f"{tables:5} tables: start {start * 1000:7.1f} ms, step with DDL {step * 1000:5.2f} ms,"
            f" of that the tracker {(step - bare) * 1000:5.2f} ms"
        )
    _say(f"a step in 1,000 tables costs {results[1000][1] / results[50][1]:.2f} x one in 50 tables")


def _measured(admin: DatabaseURL, tables: int) -> tuple[float, float, float]:
    """Return the seconds of `start`, of a step with the tracker, and of one without."""
    with fresh_database(admin) as url:
        session = Session(url)
        for number in range(tables):
            parent = f"references t{number - 1}" if number else ""
            session.run(TABLE.format(n=number, parent=parent))
            session.connection.commit()
        session.connection.autocommit = True
        session.run("vacuum analyze")
        session.connection.autocommit = False
        start = _seconds(session.start)
        for step in _steps():  # the first ones plan the prepared statement
            session.step(step)
        with_tracker = [_seconds(partial(session.step, step)) for step in _steps()]
        bare = [_seconds(partial(_run, session, step)) for step in _steps()]
        session.close()
    return start, median(with_tracker), median(bare)


def _steps() -> Iterator[str]:
    for number in range(STEPS):
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
