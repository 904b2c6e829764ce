"""The scripts of histories nobody here wrote, applied by hand, lead where the upgrade leads."""

from pathlib import Path

import pytest

from alembic_ci.urls import Dialect
from cli import alembic_ci
from clients import apply
from corpus.projects import PROJECTS, CorpusProject
from twins import twins

pytestmark = [pytest.mark.corpus, pytest.mark.slow]
_BY_NAME = {project.name: project for project in PROJECTS}


@pytest.mark.parametrize(
    ("name", "dialect"),
    [
        pytest.param("optuna", Dialect.SQLITE),
        pytest.param("optuna", Dialect.POSTGRESQL, marks=pytest.mark.postgresql),
        pytest.param("keystone", Dialect.SQLITE),
        pytest.param("keystone", Dialect.POSTGRESQL, marks=pytest.mark.postgresql),
    ],
)
def test_the_script_leads_where_the_upgrade_leads(
    name: str, dialect: Dialect, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = _BY_NAME[name]
    start = project.lay_out(tmp_path / "work", project.pinned.interpreter(), dialect)
    start.folder.mkdir(exist_ok=True)

    with twins(_driver(project, dialect), request, tmp_path) as pair:
        url = pair.upgraded.render()
        scratch = {} if dialect is Dialect.SQLITE else {"SCRATCH_DATABASE_URL": url}
        done = alembic_ci(
            "run",
            "--steps=sql,upgrade",
            *start.arguments,
            directory=start.folder,
            variables={"DATABASE_URL": url, **scratch, **start.variables},
            timeout=900,
        )
        assert done.exit_code == 0, done.everything
        apply(done.folder / "sql" / "development" / "upgrade.sql", pair.applied)
        pair.alike()


def _driver(project: CorpusProject, dialect: Dialect) -> str:
    return project.drivers.get(dialect, dialect.value)
