"""A GitLab child pipeline with one job for each part of a plan.

See https://docs.gitlab.com/ci/pipelines/downstream_pipelines/#dynamic-child-pipelines. A scalar in
JSON is one in YAML, too, so that foreign names are quoted with JSON's own quotation marks.
"""

import json
import shlex
from collections.abc import Iterator, Mapping

from alembic_ci.plans.jobs import Job

FILE_NAME = "gitlab-child-pipeline.yml"

_NOTHING = """\
nothing to upgrade:
  script: ["true"]
  variables: {GIT_STRATEGY: none}
"""


def child_pipeline(found: tuple[Job, ...], plan: str, variables: Mapping[str, str]) -> str:
    """Return the file; *plan* is the plan's path, *variables* are those of the job that planned."""
    if not found:
        return _NOTHING
    return "\n".join("\n".join(_job(job, plan, variables)) + "\n" for job in found)


def _job(job: Job, plan: str, variables: Mapping[str, str]) -> Iterator[str]:
    command = ["alembic-ci", "upgrade", f"--environments={job.environment}", f"--plan={plan}"]
    command += [f"--databases={job.databases}"] if job.databases else []
    command += [f"--shard={job.shard}"] if job.shard else []
    yield f"{_quoted(f'upgrade {job.name}')}:"
    if image := variables.get("CI_JOB_IMAGE"):
        yield f"  image: {_quoted(image)}"
    pipeline, planner = variables.get("CI_PIPELINE_ID"), variables.get("CI_JOB_NAME")
    if pipeline and planner:
        yield "  needs:"
        yield f"    - pipeline: {_quoted(pipeline)}"
        yield f"      job: {_quoted(planner)}"
    yield "  script:"
    yield f"    - {_quoted(shlex.join(command))}"
    yield f"  resource_group: {_quoted(_group(job))}"
    yield "  artifacts:"
    yield "    when: always"
    yield "    paths: [alembic-ci-report]"


def _group(job: Job) -> str:
    """Return a name that only jobs on the same databases have."""
    return f"{job.environment}/{job.databases or job.shard}".rstrip("/")


def _quoted(text: str) -> str:
    return json.dumps(text)
