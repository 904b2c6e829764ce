"""Whatever is run in whatever order, the tracker knows what a fresh look at everything shows."""

from collections.abc import Sequence
from random import Random

import psycopg2
import pytest

from alembic_ci.database.tracking import Value
from alembic_ci.delta import Delta
from alembic_ci.urls import DatabaseURL
from integration.postgresql.any_ddl import FIRST, NUMBERS, STATEMENTS, UNLOCKED
from integration.postgresql.defects import SCHEMA
from integration.postgresql.session import Session

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]

_STEPS = 80
_SELDOM = 0.3  # of the steps, at most, may read everything


class _Counting(Session):
    whole = 0

    def query(self, sql: str) -> Sequence[Sequence[Value]]:
        self.whole += sql.startswith("with saved") and "'relation'" in sql
        return super().query(sql)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_missed(postgresql_url: DatabaseURL, seed: int) -> None:
    random = Random(seed)
    session, other = _Counting(postgresql_url), Session(postgresql_url)
    first = "".join(FIRST.format(n=number) for number in NUMBERS)
    session.start(f"{SCHEMA}; {first} create schema side")
    done = 0

    for _ in range(_STEPS):
        session.run("reset role")
        texts = [_text(random) for _ in range(random.choice([1, 1, 1, 2, 3]))]
        done += sum(_tried(session, text) for text in texts)
        _tried(session, random.choice(UNLOCKED).format(n=random.choice(NUMBERS)))
        session.tracker.advance()
        session.connection.commit()
        assert Delta.between(session.tracker.state, other.read()) == Delta({}), texts

    session.close()
    other.close()
    assert done > _STEPS / 3
    assert session.whole < _SELDOM * _STEPS


def _text(random: Random) -> str:
    n, m, k = random.choices(NUMBERS, k=3)
    return random.choice(STATEMENTS).format(n=n, n1=n + 1, m=m, k=k)


def _tried(session: Session, text: str) -> bool:
    session.run("savepoint tried")
    try:
        session.run(text)
        session.run("release savepoint tried")
    except psycopg2.Error:
        session.run("rollback to savepoint tried")
        return False
    return True
