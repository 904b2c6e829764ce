"""The databases of a plan, shared out among jobs."""

import json
from pathlib import Path

import yaml

from alembic_ci.plans import Plan, PlannedDatabase, PlannedRevision
from alembic_ci.plans.document import Versions
from alembic_ci.plans.gitlab import child_pipeline
from alembic_ci.plans.jobs import MOST_JOBS, jobs, matrix


def _database(environment: str, label: str, *, behind: bool = True) -> PlannedDatabase:
    revision = PlannedRevision(
        revision="0001",
        upgrade_path="u.sql",
        upgrade_sha256="0" * 64,
        downgrade_path="d.sql",
        downgrade_sha256="0" * 64,
    )
    return PlannedDatabase(
        environment=environment,
        label=label,
        dialect="sqlite",
        location="sqlite:///x.db",
        current=(),
        target="heads",
        heads=("0001",),
        sql_path="upgrade.sql",
        sql_sha256="0" * 64,
        revisions=(revision,) if behind else (),
    )


def _plan(*databases: PlannedDatabase) -> Plan:
    versions = Versions(tool="", python="", alembic="", sqlalchemy="")
    return Plan(
        created_at="", commit="", versions=versions, databases=databases, folder=Path("report")
    )


def test_each_database_that_is_behind_gets_a_job() -> None:
    plan = _plan(
        _database("staging", ""), _database("production", "eu"), _database("x", "us", behind=False)
    )

    found = json.loads(matrix(jobs(plan)))["include"]

    assert [(job["environment"], job["databases"], job["shard"]) for job in found] == [
        ("staging", "", ""),
        ("production", "eu", ""),
    ]


def test_more_databases_than_jobs_are_sharded() -> None:
    many = [_database("production", f"t{number}") for number in range(900)]
    plan = _plan(_database("staging", ""), *many, _database("qa", ""))

    found = jobs(plan)

    shards = [job.shard for job in found if job.environment == "production"]
    assert len(found) <= MOST_JOBS
    assert shards == [f"{index}/{len(shards)}" for index in range(1, len(shards) + 1)]
    assert len(shards) > 200
    assert [job.shard for job in found if job.environment in {"qa", "staging"}] == ["", ""]


def test_without_anything_to_do_there_is_no_matrix_and_an_idle_pipeline() -> None:
    found = jobs(_plan(_database("staging", "", behind=False)))

    assert matrix(found) == ""
    assert list(yaml.safe_load(child_pipeline(found, "plan.json", {}))) == ["nothing to upgrade"]


def test_the_child_pipeline_takes_image_and_plan_from_the_job_that_planned() -> None:
    found = jobs(_plan(_database("production", "eu")))
    variables = {"CI_JOB_IMAGE": "r/i:1", "CI_PIPELINE_ID": "7", "CI_JOB_NAME": "plan: it"}

    document = yaml.safe_load(child_pipeline(found, "a b/plan.json", variables))

    job = document["upgrade production eu"]
    assert job["image"] == "r/i:1"
    assert job["needs"] == [{"pipeline": "7", "job": "plan: it"}]
    assert job["resource_group"] == "production/eu"
    assert job["script"] == [
        "alembic-ci upgrade --environments=production '--plan=a b/plan.json' --databases=eu"
    ]
