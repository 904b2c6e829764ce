"""The container as a step of a GitHub job, on the shop example and on projects with a flaw."""

import hashlib
import json
import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg2
import pytest

from alembic_ci.interface import OUTPUTS
from alembic_ci.urls import DatabaseURL
from image.building import ROOT
from image.github_runner import Job, Step

pytestmark = pytest.mark.image

_AS_IT_IS = {"install": "none"}  # what the shop needs is in the image
_SQLITE = {"DEVELOPMENT_DATABASE_URL": "sqlite:////github/home/shop.db"}


@pytest.fixture
def postgresql(postgresql_url: DatabaseURL) -> DatabaseURL:
    """An empty database of this test's own, on a server that the container reaches."""
    return postgresql_url


def _job(image: str, project: str, folder: Path) -> Job:
    workspace = shutil.copytree(ROOT / "tests" / "projects" / project, folder / "checkout")
    return Job(image=image, workspace=workspace, temp=folder / "temp")


def _declared(step: Step) -> bool:
    return step.outputs.keys() <= {output.name for output in OUTPUTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The shop on SQLite, all the way, with what it needs installed first."""

    workspace: Path
    step: Step


@pytest.fixture(scope="module")
def done(image: str, tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("done")
    workspace = shutil.copytree(ROOT / "examples" / "shop", folder / "shop")
    step = Job(image=image, workspace=workspace, temp=folder / "temp").run({}, _SQLITE)
    return Done(workspace=workspace, step=step)


def test_the_shop_goes_all_the_way_on_sqlite(done: Done) -> None:
    step = done.step

    assert step.exit_code == 0, step.log
    assert _declared(step)
    assert step.outputs["status"] == "passed"
    assert step.outputs["exit-code"] == "0"
    assert step.outputs["applied-count"] == "8"
    assert step.outputs["rollback-tested"] == "8"
    assert step.outputs["is-up-to-date"] == "true"
    assert "development" in step.summary


def test_the_outputs_lead_to_the_files(done: Done) -> None:
    outputs = done.step.outputs

    sql = (done.workspace / outputs["sql-path"]).read_bytes()
    assert hashlib.sha256(sql).hexdigest() == outputs["sql-sha256"]
    assert b"CREATE TABLE" in sql
    json.loads((done.workspace / outputs["report-json-path"]).read_bytes())


def test_nothing_but_the_report_is_left_in_the_workspace(done: Done) -> None:
    before = {path.name for path in (ROOT / "examples" / "shop").iterdir()}

    assert {path.name for path in done.workspace.iterdir()} - before == {"alembic-ci-report"}
    assert not list(done.workspace.rglob("__pycache__"))


def test_the_shop_goes_all_the_way_on_postgresql(job: Job, postgresql: DatabaseURL) -> None:
    step = job.run(_AS_IT_IS, {"DEVELOPMENT_DATABASE_URL": postgresql.render()})

    assert step.exit_code == 0, step.log
    assert step.outputs["applied-count"] == "8"
    assert postgresql.password
    everything = step.log + step.summary + json.dumps(dict(step.outputs))
    assert postgresql.password not in everything


def test_inputs_with_dashes_arrive(job: Job, postgresql: DatabaseURL) -> None:
    moved = job.workspace / "backend"
    moved.mkdir()
    for path in list(job.workspace.iterdir()):
        if path != moved:
            shutil.move(path, moved)
    inputs = {"command": "status", "working-directory": "backend", "report-dir": "out"}

    step = job.run(inputs | _AS_IT_IS, {"DATABASE_URL": postgresql.render()})

    assert step.exit_code == 0, step.log
    assert step.outputs["report-path"].startswith("out/")
    assert (job.workspace / "out" / "report.md").is_file()


def test_the_input_args_belongs_to_the_alembic_command(job: Job) -> None:
    inputs = {"command": "alembic", "args": "history --verbose"}

    step = job.run(inputs | _AS_IT_IS, _SQLITE)

    assert step.exit_code == 0, step.log
    assert "create_orders" in step.log


def test_a_failed_proof_fails_the_step_and_is_reported_all_the_same(
    image: str, tmp_path: Path
) -> None:
    step = _job(image, "downgrade_raises", tmp_path).run({"command": "rollback-test"}, _SQLITE)

    assert step.exit_code == 1, step.log
    assert step.outputs["status"] == "failed"
    assert step.outputs["exit-code"] == "1"
    assert "0002" in step.summary


def test_production_is_not_touched_for_a_pull_request(job: Job) -> None:
    env = {"PRODUCTION_DATABASE_URL": _SQLITE["DEVELOPMENT_DATABASE_URL"]}
    inputs = {"command": "upgrade", "environments": "production"}

    step = replace(job, event="pull_request").run(inputs, env)

    assert step.exit_code == 6, step.log
    assert step.outputs["failure-class"] == "refused"
    assert not (job.temp / "_github_home" / "shop.db").exists()


def test_localhost_in_a_container_is_explained(job: Job) -> None:
    url = "postgresql://shop:secret-of-the-shop@localhost:1/shop"

    step = job.run({"command": "status", "connect-timeout": "1"} | _AS_IT_IS, {"DATABASE_URL": url})

    assert step.exit_code == 5
    assert "service" in step.log
    assert "secret-of-the-shop" not in step.log + step.summary
    assert step.outputs["failure-class"] == "unreachable"


def test_a_cancelled_step_ends_its_work_and_says_where_it_stands(
    image: str, tmp_path: Path
) -> None:
    job = _job(image, "slow_revision", tmp_path)

    step = job.cancel({"command": "upgrade"}, _SQLITE, at="0001")

    assert step.exit_code == 130, step.log  # and not SIGKILL, which comes after ten seconds
    assert step.outputs["status"] == "failed"
    assert step.summary


def test_no_scratch_database_outlives_a_cancelled_proof(
    image: str, tmp_path: Path, postgresql: DatabaseURL
) -> None:
    job = _job(image, "slow_revision", tmp_path)
    env = {"DEVELOPMENT_DATABASE_URL": postgresql.render()}

    step = job.cancel({"command": "rollback-test"}, env, at="0001")

    assert step.exit_code == 130, step.log
    assert _databases(postgresql) == {"postgres", "template0", "template1", postgresql.database}


def _databases(server: DatabaseURL) -> set[str]:
    with closing(psycopg2.connect(server.render())) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {str(row[0]) for row in cursor.fetchall()}
