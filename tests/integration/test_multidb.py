"""The multidb template: one env.py that migrates two databases, each from where it stands."""

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from environments import CURRENT
from jobs import Finished, Job
from servers import fresh_database
from template_projects import SOUND, Written, initialised, write_multidb

_TIMEOUT = 30.0  # seconds
_IDS = [revision.revision for revision in SOUND]


def _renamed(revision: Written) -> Written:
    """Give the second database tables of its own."""
    return dataclasses.replace(
        revision,
        upgrade=revision.upgrade.replace("accounts", "clients"),
        downgrade=revision.downgrade.replace("accounts", "clients"),
    )


def _databases(request: pytest.FixtureRequest, place: Path) -> Iterator[DatabaseURL]:
    if request.param == "sqlite":
        for number in (1, 2):
            file = str(place / f"engine{number}.db")
            yield DatabaseURL(drivername="sqlite", database=file)
        return
    admin: DatabaseURL = request.getfixturevalue(f"{request.param}_admin")
    with ExitStack() as stack:
        for _ in range(2):
            url = stack.enter_context(fresh_database(admin))
            yield dataclasses.replace(url, drivername="postgresql+psycopg2")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[DatabaseURL, ...]]:
    """Two empty databases."""
    databases = _databases(request, tmp_path)
    yield next(databases), next(databases)
    next(databases, None)


@pytest.fixture
def job(urls: tuple[DatabaseURL, ...], tmp_path: Path) -> Job:
    """A project of the unedited template with three revisions for both engines."""
    folder = initialised(CURRENT.interpreter(), "multidb", tmp_path / "project")
    for revision in SOUND:
        write_multidb(folder, revision, {"engine1": revision, "engine2": _renamed(revision)})
    return _job(folder, urls)


def _job(folder: Path, urls: tuple[DatabaseURL, ...]) -> Job:
    lines = [f"engine{number}={url.render()}" for number, url in enumerate(urls, 1)]
    variables = {"DEV_DATABASE_URLS": "\n".join(lines)}
    if urls[0].drivername != "sqlite":
        variables["SCRATCH_DATABASE_URL"] = urls[0].render()
    return Job(directory=folder, python=CURRENT.interpreter(), variables=variables)


def _advance_second(urls: tuple[DatabaseURL, ...]) -> None:
    """Do what the second revision does on the second database, so that it stands further."""
    with Control.open(urls[1], timeout=_TIMEOUT) as control:
        control.execute("alter table clients add column email varchar(100)")
        control.execute("create index clients_email on clients (email)")
        control.execute("update alembic_version set version_num = 'bbb2'")


def _both(finished: Finished) -> list[list[str]]:
    return [finished.stands_at(database=number) for number in (0, 1)]


def test_each_database_gets_what_it_lacks(job: Job, urls: tuple[DatabaseURL, ...]) -> None:
    mine = job.directory / "engine2.sql"
    mine.write_text("-- kept by hand\n")
    job.passed("upgrade", "--target=aaa1")
    _advance_second(urls)

    run = job.passed("run")
    current = job.passed("alembic", "--", "current")
    down = job.passed("downgrade", "--target=aaa1")
    stamped = job.passed("stamp", "--target=heads")

    assert [run.result("upgrade", database=n)["applied"] for n in (0, 1)] == [_IDS[1:], _IDS[2:]]
    assert [list(run.verdicts(database=n)) for n in (0, 1)] == [_IDS[1:], _IDS[2:]]
    assert set(run.verdicts().values()) == {"passed"}
    scripts = [run.result("sql", database=number)["sql"] for number in (0, 1)]
    assert "accounts_email" in scripts[0]
    assert "clients_email" not in scripts[0] + scripts[1]
    assert "insert into clients" in scripts[1]
    assert _both(run) == [["ccc3"], ["ccc3"]]
    assert current.text.count("ccc3 (head)") == 2
    assert _both(down) == [["aaa1"], ["aaa1"]]
    assert _both(stamped) == [["ccc3"], ["ccc3"]]
    assert mine.read_text() == "-- kept by hand\n"
    assert not (job.directory / "engine1.sql").exists()


def test_a_failure_in_the_second_database_is_told_from_the_first(
    job: Job,
) -> None:
    broken = Written(revision="ddd4", down="ccc3", upgrade="pass", downgrade="pass")
    worse = dataclasses.replace(broken, upgrade='op.execute("insert into nowhere values (1)")')
    file = write_multidb(job.directory, broken, {"engine1": broken, "engine2": worse})
    job.passed("upgrade", "--target=aaa1")

    proved = job.run("rollback-test")
    changed = job.run("upgrade")

    assert proved.exit_code == changed.exit_code == 1
    assert proved.verdicts() == dict.fromkeys([*_IDS[1:], "ddd4"], "passed")
    assert proved.verdicts(database=1) == {**dict.fromkeys(_IDS[1:], "passed"), "ddd4": "failed"}
    problem = changed.step("upgrade", database=1)["problem"]
    assert (problem["failure_class"], problem["revision"]) == ("migration", "ddd4")
    assert problem["file"] == str(file.relative_to(job.directory))
    assert "nowhere" in problem["statement"]
    dragged = changed.step("upgrade")["problem"]
    assert "failed in another database" in dragged["problem"]
    assert (dragged["revision"], dragged["statement"]) == (None, None)
    assert _both(changed) == [["aaa1"], ["aaa1"]]


def test_one_url_for_two_engines_is_a_wrong_setting(tmp_path: Path) -> None:
    folder = initialised(CURRENT.interpreter(), "multidb", tmp_path / "project")
    one = Job(
        directory=folder,
        python=CURRENT.interpreter(),
        variables={"DEV_DATABASE_URL": f"sqlite:///{tmp_path}/one.db"},
    )

    run = one.run("run")

    problem = run.problem()
    assert run.exit_code == 2
    assert "engine1, engine2" in problem["problem"]
    assert "DEVELOPMENT_DATABASE_URLS" in problem["remedy"]
    assert not (tmp_path / "one.db").exists()
