"""The oldest, the middle and the newest Alembic and SQLAlchemy."""

from pathlib import Path

import pytest

from environments import CURRENT, MIDDLE, OLDER, OLDEST, PinnedSet
from jobs import Job, marked, url_for, variables_for
from template_projects import ALL_SOUND, LEAVES_TABLE, RAISES, SOUND, initialised

_CURRENT_ON_2_0 = PinnedSet(
    name="current-on-2.0",
    requirements=tuple(
        "sqlalchemy==2.0.44" if item.startswith("sqlalchemy") else item
        for item in CURRENT.requirements
    ),
)
# The oldest on every database. In test_drivers.py and test_templates.py the newest has that, and
# SQLAlchemy 2.0 has PostgreSQL.
_PAIRS = (
    (OLDEST, "sqlite"),
    (OLDEST, "postgresql+psycopg2"),
    (OLDEST, "mysql+pymysql"),
    (OLDER, "mysql+pymysql"),
    (MIDDLE, "sqlite"),
    (_CURRENT_ON_2_0, "mysql+pymysql"),
    (CURRENT, "sqlite"),
)
_MATRIX = [marked(pinned, d, driver=d, name=pinned.name) for pinned, d in _PAIRS]


@pytest.mark.parametrize(("pinned", "driver"), _MATRIX)
def test_each_version_renders_proves_and_upgrades(
    pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = pinned.interpreter()
    folder = initialised(python, "generic", tmp_path / "project", *SOUND, LEAVES_TABLE, RAISES)
    variables = variables_for(url_for(driver, request))
    job = Job(directory=folder, python=python, variables=variables)

    found = job.run("run")
    changed = job.passed("upgrade")

    project = found.report["project"]
    assert f"alembic=={project['alembic']}" in pinned.requirements
    assert f"sqlalchemy=={project['sqlalchemy']}" in pinned.requirements
    assert found.exit_code == 1
    assert found.states() == {"sql": "passed", "rollback-test": "failed", "upgrade": "skipped"}
    assert found.verdicts() == {**ALL_SOUND, "ddd4": "residue", "eee5": "failed"}
    assert found.stands_at() == []
    assert not [piece for piece in found.result("sql")["revisions"] if piece["problem"]]
    assert "insert into accounts" in found.result("sql")["sql"]
    assert changed.result("upgrade")["applied"] == [*ALL_SOUND, "ddd4", "eee5"]
    assert changed.stands_at() == ["eee5"]
