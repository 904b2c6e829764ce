"""The pull or merge request that a job belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.ci.json_values import file_content, inside, number, text


class Forge(StrEnum):
    """A host that has conversations which we can write to; the value is its name for people."""

    GITHUB = "GitHub"
    GITLAB = "GitLab"

    @property
    def token_variable(self) -> str:
        """The process variable that holds the token."""
        return f"{self.name}_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """One request; *repository* is as the API names it.

    *commit* is the newest of its own commits, "" where the job is not told. *fork* is true when it
    comes from another repository.
    """

    forge: Forge
    repository: str
    number: int
    commit: str
    fork: bool


def pull_request(variables: Mapping[str, str]) -> PullRequest | None:
    """Return the request that this job belongs to, ``None`` when it belongs to none."""
    if variables.get("GITHUB_ACTIONS") == "true":
        return _on_github(variables)
    if variables.get("GITLAB_CI") == "true":
        return _on_gitlab(variables)
    return None


def job_page(variables: Mapping[str, str]) -> str:
    """Return the address of this job's log, "" when the host does not tell."""
    if variables.get("GITHUB_ACTIONS") == "true" and variables.get("GITHUB_RUN_ID"):
        server = variables.get("GITHUB_SERVER_URL") or "https://github.com"
        repository, run = variables.get("GITHUB_REPOSITORY", ""), variables["GITHUB_RUN_ID"]
        return f"{server}/{repository}/actions/runs/{run}"
    return variables.get("CI_JOB_URL", "")


def _on_github(variables: Mapping[str, str]) -> PullRequest | None:
    """Read the event: a pull request itself, or a comment on one."""
    event = file_content(variables.get("GITHUB_EVENT_PATH", ""))
    head = text(event, "pull_request", "head", "repo", "full_name")
    found = number(event, "pull_request", "number")
    if not found and inside(event, "issue", "pull_request"):
        found = number(event, "issue", "number")
    if not found:
        return None
    repository = variables.get("GITHUB_REPOSITORY", "")
    return PullRequest(
        forge=Forge.GITHUB,
        repository=repository,
        number=found,
        commit=text(event, "pull_request", "head", "sha"),
        fork=bool(inside(event, "pull_request")) and head.lower() != repository.lower(),
    )


def _on_gitlab(variables: Mapping[str, str]) -> PullRequest | None:
    """Read a merge request pipeline's variables, or the first request of a branch's pipeline."""
    project = variables.get("CI_MERGE_REQUEST_PROJECT_ID") or variables.get("CI_PROJECT_ID", "")
    found = variables.get("CI_MERGE_REQUEST_IID", "")
    if not found:
        first = variables.get("CI_OPEN_MERGE_REQUESTS", "").partition(",")[0]
        path, _, found = first.rpartition("!")
        project = project if path == variables.get("CI_PROJECT_PATH") else path
    if not found.isdecimal():
        return None
    source = variables.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") or project
    merged = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA")
    return PullRequest(
        forge=Forge.GITLAB,
        repository=project,
        number=int(found),
        commit=merged or variables.get("CI_COMMIT_SHA", ""),
        fork=source != project,
    )
