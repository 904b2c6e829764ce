"""The recipe for pull requests, as it stands in examples/ci, on the runner's way to start it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from alembic_ci.urls import DatabaseURL
from forges import TOKEN, GitHub, listening, pull_request_event
from image.building import ROOT
from image.github_runner import Job

pytestmark = pytest.mark.image

_RECIPE = ROOT / "examples" / "ci" / "github" / "pull-request.yml"
_SERVICE = "postgresql+psycopg2://postgres:example@postgres:5432/postgres"


def _steps() -> list[dict[str, dict[str, str]]]:
    steps: list[dict[str, dict[str, str]]] = yaml.safe_load(_RECIPE.read_text("utf-8"))["jobs"][
        "check"
    ]["steps"]
    return steps


def test_the_recipe_for_pull_requests_checks_comments_and_leaves_what_it_uploads(
    job: Job, postgresql_url: DatabaseURL
) -> None:
    ours = next(step for step in _steps() if "alembic-ci@" in str(step.get("uses")))
    service = replace(postgresql_url, drivername="postgresql+psycopg2", written="").render()
    values = {_SERVICE: service, "${{ github.token }}": TOKEN}
    env = {name: values[value] for name, value in ours["env"].items()}

    with listening() as server:
        github = GitHub(server)
        event = pull_request_event()
        asked = replace(job, event="pull_request", payload=event, api_url=server.url_for("/api/v3"))
        # What the shop needs is in the image, and a test needs no network.
        step = asked.run(ours["with"] | {"install": "none"}, env)
        server.check()

    assert step.exit_code == 0, step.log
    assert step.outputs["rollback-tested"] == "8"
    assert step.outputs["applied-count"] == "0"
    assert step.outputs["comment-url"].endswith("#issuecomment-1")
    assert github.mine()[0].startswith("**Passed**")
    assert TOKEN not in step.log + step.summary + github.mine()[0]
    _all_that_later_steps_use_is_there(job.workspace, step.outputs)


def _all_that_later_steps_use_is_there(workspace: Path, outputs: Mapping[str, str]) -> None:
    uploads = [step["with"] for step in _steps() if "upload" in str(step.get("uses"))]
    paths = [upload["path"] for upload in uploads if "path" in upload]
    assert paths
    for path in [*paths, outputs["sarif-path"], outputs["report-html-path"]]:
        assert not path or (workspace / path).exists(), path
