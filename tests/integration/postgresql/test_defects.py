"""Every planted defect is found by a full comparison, and by the tracker step by step."""

import pytest

from alembic_ci.delta import Delta
from integration.postgresql.defects import DEFECTS, SCHEMA, Defect
from integration.postgresql.session import Session

pytestmark = pytest.mark.postgresql


def test_at_least_sixty_kinds_of_defects_are_planted() -> None:
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) >= 60


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_defect_is_found_and_named(session: Session, defect: Defect) -> None:
    if session.connection.server_version < defect.since:
        pytest.skip(f"PostgreSQL {session.connection.server_version} cannot have this defect")
    session.start(f"{SCHEMA};{defect.setup}")
    before = session.read()

    up = session.step(defect.up)
    down = session.step(defect.down)

    found = Delta.between(before, session.read())
    named = {str(key): change for key, change in found.changes.items()}
    assert defect.finds in named
    if defect.attribute:
        change = named[defect.finds]
        value = (change.before or {}).get(defect.attribute)
        assert value != (change.after or {}).get(defect.attribute)
    assert up.then(down).changes == found.changes
