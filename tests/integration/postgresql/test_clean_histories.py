"""Two hundred revisions that undo what they did give no difference, and the tracker keeps up."""

import pytest

from alembic_ci.delta import Delta
from integration.postgresql.histories import FIRST, Pair, history
from integration.postgresql.session import Session

pytestmark = [pytest.mark.postgresql, pytest.mark.slow]


@pytest.mark.parametrize("seed", range(8))
def test_clean_history_gives_no_difference(session: Session, seed: int) -> None:
    session.start(FIRST)

    for pair in history(seed, 25):
        up = session.step(pair.up)
        _up_to_date(session, pair)
        down = session.step(pair.down)
        _up_to_date(session, pair)

        assert up.then(down) == Delta({}), pair

        if pair.stays:
            assert session.step(pair.up) == up, pair
            _up_to_date(session, pair)


def _up_to_date(session: Session, pair: Pair) -> None:
    assert Delta.between(session.tracker.state, session.read()) == Delta({}), pair
