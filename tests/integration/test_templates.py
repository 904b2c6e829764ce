"""Every command on projects exactly as ``alembic init`` writes them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from environments import ASYNC, CURRENT, PinnedSet
from jobs import Job, marked, url_for, variables_for
from template_projects import ALL_SOUND, SOUND, edit, initialised

_MATRIX = [
    ("generic", CURRENT, "sqlite"),
    ("generic", CURRENT, "postgresql+psycopg2"),
    ("generic", CURRENT, "mariadb+pymysql"),
    ("async", ASYNC, "sqlite+aiosqlite"),
    ("async", ASYNC, "postgresql+asyncpg"),
    ("pyproject", CURRENT, "sqlite"),
    ("pyproject_async", ASYNC, "postgresql+psycopg"),
]
_MODELS = """import sqlalchemy as sa

metadata = sa.MetaData()
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("nickname", sa.String(50)),
)
"""


_WITH_MODELS = [*_MATRIX[:3], *_MATRIX[4:6]]


def _parameters(entries: Sequence[tuple[str, PinnedSet, str]]) -> pytest.MarkDecorator:
    marked_entries = [marked(entry, driver=entry[2], name=entry[0]) for entry in entries]
    return pytest.mark.parametrize("job", marked_entries, indirect=True)


@pytest.fixture
def job(request: pytest.FixtureRequest, tmp_path: Path) -> Job:
    """A new project with three revisions, and an empty database."""
    template, pinned, driver = request.param
    python = pinned.interpreter()
    return Job(
        directory=initialised(python, template, tmp_path / "project", *SOUND),
        python=python,
        variables=variables_for(url_for(driver, request)),
    )


@_parameters(_MATRIX)
def test_an_unedited_template_goes_all_the_way(job: Job) -> None:
    files = set(job.directory.iterdir())

    ran = job.passed("run", "--scope=all")
    down = job.passed("downgrade", "--target=-2")
    up = job.passed("upgrade", "--target=+1")
    current = job.passed("alembic", "--", "current")
    stamped = job.passed("stamp", "--target=ccc3")

    assert ran.verdicts() == ALL_SOUND
    assert "accounts_email" in ran.result("sql")["sql"]
    assert all(piece["statement_count"] for piece in ran.result("sql")["revisions"])
    assert ran.result("upgrade")["applied"] == list(ALL_SOUND)
    assert down.result("downgrade")["after"] == ["aaa1"]
    assert up.result("upgrade")["after"] == ["bbb2"]
    assert "\nbbb2\n" in current.text
    assert stamped.stands_at() == ["ccc3"]
    assert {path.name for path in set(job.directory.iterdir()) - files} == {"alembic-ci-report"}
    assert job.variables["DEV_DATABASE_URL"] not in current.text


@_parameters(_WITH_MODELS)
def test_autogenerate_writes_a_revision_that_runs(job: Job) -> None:
    (job.directory / "models.py").write_text(_MODELS)
    migrations = job.directory / "migrations"
    target = "from models import metadata as target_metadata"
    edit(migrations / "env.py", "target_metadata = None", target)
    for path in sorted(migrations.glob("versions/*_step.py"))[1:]:
        path.unlink()
    job.passed("upgrade")

    job.passed("alembic", "--", "revision", "--autogenerate", "-m", "nickname")

    (written,) = migrations.glob("versions/*_nickname.py")
    assert "nickname" in written.read_text()
    ran = job.passed("run")
    assert ran.result("upgrade")["applied"] == list(ran.verdicts())
    assert list(ran.verdicts().values()) == ["passed"]
