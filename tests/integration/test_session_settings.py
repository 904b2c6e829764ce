"""What the sessions of env.py are given without touching it."""

from dataclasses import replace
from pathlib import Path

import pytest

from alembic_ci.urls import DatabaseURL
from environments import CURRENT
from jobs import Job, variables_for
from template_projects import Written, initialised

_TELLS = Written(
    revision="a1",
    down=None,
    upgrade="""op.create_table("seen", sa.Column("id", sa.Integer(), primary_key=True))
print("commits", op.get_bind().execute(sa.text("SHOW synchronous_commit")).scalar())""",
    downgrade='op.drop_table("seen")',
)


@pytest.mark.postgresql
def test_only_throw_away_databases_do_not_wait_for_the_disk(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    asked = replace(
        postgresql_url,
        drivername="postgresql+psycopg2",
        query=(*postgresql_url.query, ("options", "-csynchronous_commit=local")),
        written="",
    )
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", _TELLS)
    job = Job(directory=directory, python=python, variables=variables_for(asked))

    proved = job.passed("rollback-test", "--verbose")
    upgraded = job.passed("upgrade", "--verbose")

    assert "commits off" in proved.text
    assert "commits local" not in proved.text
    assert "commits local" in upgraded.text
