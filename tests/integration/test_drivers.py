"""Every driver that projects use, on its database."""

import os
from pathlib import Path

import pytest

from alembic_ci.urls import DatabaseURL
from environments import ASYNC, CURRENT, MIDDLE, MYSQLCLIENT, EnvironmentBuildError, PinnedSet
from jobs import Job, marked, url_for, variables_for
from servers import NO_SKIP
from template_projects import ALL_SOUND, LEAVES_TABLE, RAISES, SOUND, initialised

_DRIVERS = [
    ("generic", CURRENT, "postgresql+psycopg2"),
    ("generic", ASYNC, "postgresql+psycopg"),
    ("generic", ASYNC, "postgresql"),  # psycopg 3, says SQLAlchemy 2.1
    ("generic", MIDDLE, "postgresql"),  # psycopg2, said SQLAlchemy 2.0
    ("async", ASYNC, "postgresql+psycopg"),
    ("async", ASYNC, "postgresql+psycopg_async"),
    ("async", ASYNC, "postgresql+asyncpg"),
    ("generic", CURRENT, "mysql+pymysql"),
    ("generic", MYSQLCLIENT, "mysql"),
    ("generic", MYSQLCLIENT, "mariadb+mysqldb"),
    ("async", ASYNC, "mariadb+aiomysql"),
    ("async", ASYNC, "mysql+asyncmy"),
    ("generic", CURRENT, "sqlite+pysqlite"),
    ("async", ASYNC, "sqlite+aiosqlite"),
]
_PLANTED = {**ALL_SOUND, "ddd4": "residue", "eee5": "failed"}
_NO_SUCH_TABLE = {"postgresql": {"42P01"}, "mysql": {"1051"}, "sqlite": {"SQLITE_ERROR"}}


def _built(pinned: PinnedSet) -> Path:
    """Return the interpreter; skip loudly where a driver without wheels cannot be compiled."""
    try:
        return pinned.interpreter()
    except EnvironmentBuildError as error:
        if pinned is not MYSQLCLIENT or os.environ.get(NO_SKIP):
            raise
        pytest.skip(f"NOT TESTED: mysqlclient cannot be built here (libmariadb-dev?): {error}")


@pytest.mark.parametrize(
    ("template", "pinned", "driver"),
    [marked(*entry, driver=entry[2], name=f"{entry[0]}-{entry[1].name}") for entry in _DRIVERS],
)
def test_every_driver_proves_and_upgrades(
    template: str, pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = _built(pinned)
    folder = initialised(python, template, tmp_path / "project", *SOUND, LEAVES_TABLE, RAISES)
    url = url_for(driver, request)
    job = Job(directory=folder, python=python, variables=variables_for(url))

    proved = job.run("rollback-test")
    changed = job.passed("upgrade")

    assert proved.verdicts() == _PLANTED, proved.text
    residue, raised = proved.result("rollback-test")["proofs"][-2:]
    assert [difference["object"] for difference in residue["differences"]][:1] == ["table kept"]
    assert raised["phase"] == "down"
    assert "never_made" in raised["problem"]["statement"]
    assert raised["problem"]["code"] in _NO_SUCH_TABLE[url.dialect.value]
    assert changed.stands_at() == ["eee5"]
    assert not url.password or url.password not in proved.text + changed.text


@pytest.mark.mysql
def test_a_driver_that_the_project_lacks_is_named(mysql_url: DatabaseURL, tmp_path: Path) -> None:
    python = CURRENT.interpreter()
    folder = initialised(python, "generic", tmp_path / "project", *SOUND)
    job = Job(directory=folder, python=python, variables=variables_for(mysql_url))

    run = job.run("run", DEV_DATABASE_URL=mysql_url.render().replace("+pymysql", ""))

    assert run.exit_code == 2
    assert "MySQLdb" in run.problem()["problem"]
    assert "mysql+pymysql://" in run.problem()["remedy"]
