"""Several environments in one run: their order, who may be written to, and what a failure stops."""

import sqlite3
from pathlib import Path

import pytest

from environments import CURRENT
from jobs import Job
from template_projects import ALL_SOUND, SOUND, initialised

_PULL_REQUEST = {"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request"}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A project with three SQLite environments that are empty."""
    names = {"DEV": "dev", "STAGE": "stage", "PROD": "prod"}
    return Job(
        directory=initialised(CURRENT.interpreter(), "generic", tmp_path / "project", *SOUND),
        python=CURRENT.interpreter(),
        variables={
            f"{variable}_DATABASE_URL": f"sqlite:///{tmp_path}/{file}.db"
            for variable, file in names.items()
        },
    )


def _file(job: Job, name: str) -> Path:
    return job.directory.parent / f"{name}.db"


def test_environments_are_done_in_the_order_they_are_named(job: Job) -> None:
    job.passed("upgrade", "--environments=stage", "--target=bbb2")

    run = job.passed("run", "--environments=stage,prod")

    names = [environment["name"] for environment in run.report["environments"]]
    assert names == ["staging", "production"]
    assert list(run.verdicts(0)) == ["ccc3"]
    assert run.verdicts(1) == ALL_SOUND
    assert run.result("upgrade", 0)["applied"] == ["ccc3"]
    assert run.result("upgrade", 1)["applied"] == list(ALL_SOUND)
    for name in ("staging", "production"):
        assert (run.run.folder / "sql" / name / "upgrade.sql").is_file()
    assert not _file(job, "dev").exists()


def test_a_failure_skips_only_what_writes_to_later_environments(job: Job) -> None:
    with sqlite3.connect(_file(job, "stage")) as connection:
        connection.execute("create table accounts (id integer)")
    connection.close()

    run = job.run("run", "--environments=stage,prod")

    assert run.exit_code == 1
    upgraded = {"sql": "passed", "rollback-test": "passed", "upgrade": "failed"}
    assert run.states(0) == {**upgraded, "doctor": "failed"}
    assert run.states(1) == {"sql": "passed", "rollback-test": "passed", "upgrade": "skipped"}
    assert run.step("upgrade", 1)["reason"] == "staging failed"
    assert run.problem()["revision"] == "aaa1"
    assert not _file(job, "prod").exists()


def test_an_environment_that_cannot_be_reached_does_not_hide_the_others(job: Job) -> None:
    gone = f"sqlite:///{job.directory}/no/such/folder/dev.db"

    run = job.run("run", "--environments=stage,dev,prod", STAGE_DATABASE_URL=gone)

    first = run.report["environments"][0]
    assert run.exit_code in {2, 5}
    assert first["name"] == "staging"
    assert run.states(0)["sql"] == "failed"
    for number in (1, 2):
        assert run.states(number) == {
            "sql": "passed",
            "rollback-test": "passed",
            "upgrade": "skipped",
        }


def test_production_is_written_to_only_when_this_run_names_it(job: Job) -> None:
    (job.directory / "pyproject.toml").write_text(
        '[tool.alembic-ci]\nenvironments = ["production"]\n'
    )

    picked = job.run("run")
    before = _file(job, "prod").exists()
    other = job.run("upgrade", "--environments=development", "--protected=development,qa")
    named = job.passed("upgrade", "--environments=production")

    assert picked.exit_code == 6
    assert picked.problem()["failure_class"] == "refused"
    assert picked.states() == {"sql": "passed", "rollback-test": "passed", "upgrade": "failed"}
    assert not before
    assert other.exit_code == 0
    assert named.stands_at() == ["ccc3"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["run"],
        ["upgrade"],
        ["downgrade", "--target=base"],
        ["stamp", "--target=aaa1"],
        ["alembic", "--", "upgrade", "head"],
        ["alembic", "--", "-x", "a=b", "stamp", "aaa1"],
    ],
    ids=" ".join,
)
def test_a_pull_request_never_writes_to_production(job: Job, arguments: list[str]) -> None:
    command, *rest = arguments
    job.passed("upgrade", "--environments=production", "--target=bbb2")
    before = _file(job, "prod").read_bytes()

    run = job.run(command, "--environments=production", *rest, **_PULL_REQUEST)

    assert run.exit_code == 6
    assert run.problem()["failure_class"] == "refused"
    assert _file(job, "prod").read_bytes() == before
    assert "pull request" in run.problem()["problem"]


def test_a_pull_request_may_read_production(job: Job) -> None:
    read = job.passed(
        "run",
        "--environments=production",
        "--steps=status,sql,rollback-test",
        **_PULL_REQUEST,
    )
    script = job.passed(
        "alembic", "--environments=production", "--", "upgrade", "head", "--sql", **_PULL_REQUEST
    )

    assert read.verdicts() == ALL_SOUND
    assert "CREATE TABLE accounts" in script.text
    assert not _file(job, "prod").exists()
