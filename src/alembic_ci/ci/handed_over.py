"""Check that a comment which another job left is about the pull request that this job is for."""

from collections.abc import Mapping
from dataclasses import dataclass

from alembic_ci.ci.api import Patience
from alembic_ci.ci.github_comments import github_api
from alembic_ci.ci.json_values import file_content, text
from alembic_ci.ci.parcel import Parcel
from alembic_ci.ci.pull_requests import Forge, PullRequest, pull_request
from alembic_ci.errors import RefusedError, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where the comment belongs; *outdated* when the pull request has newer commits by now."""

    request: PullRequest
    author: str
    outdated: bool


def destination(
    parcel: Parcel, variables: Mapping[str, str], patience: Patience | None = None
) -> Destination:
    """Return the pull request, as the host and not the parcel knows it.

    Raises:
        SettingsError: This job belongs to no pull request.
        RefusedError: It belongs to another one.
        ApiError: The host could not be asked.
    """
    if variables.get("GITHUB_EVENT_NAME") == "workflow_run":
        return _of_the_run_before(parcel, variables, patience)
    request = pull_request(variables)
    if request is None:
        raise SettingsError(
            "This job belongs to no pull request, so there is nothing to comment on.",
            remedy="Start it by `workflow_run` after the workflow that left the comment.",
        )
    if request.number != parcel.pull_request:
        raise _another(parcel)
    return Destination(request=request, author="", outdated=False)


def _of_the_run_before(
    parcel: Parcel, variables: Mapping[str, str], patience: Patience | None
) -> Destination:
    """Compare the pull request with the run that GitHub says came before this one."""
    run = _run_before(variables)
    repository = variables.get("GITHUB_REPOSITORY", "")
    path = f"/repos/{repository}/pulls/{parcel.pull_request}"
    found = github_api(variables, patience).get(path)
    author = text(found, "head", "repo", "full_name")
    places = (author, text(found, "head", "ref"))
    if not author or places != (
        text(run, "head_repository", "full_name"),
        text(run, "head_branch"),
    ):
        raise _another(parcel)
    commit = text(found, "head", "sha")
    request = PullRequest(
        forge=Forge.GITHUB,
        repository=repository,
        number=parcel.pull_request,
        commit=commit,
        fork=author != repository,
    )
    return Destination(
        request=request,
        author=author if request.fork else "",
        outdated=commit != text(run, "head_sha"),
    )


def _run_before(variables: Mapping[str, str]) -> object:
    event = file_content(variables.get("GITHUB_EVENT_PATH", ""))
    run = event.get("workflow_run") if isinstance(event, dict) else None
    if text(run, "event") == "pull_request":
        return run
    raise SettingsError(
        "The workflow run before this one was not for a pull request.",
        remedy="Let this job depend on it: "
        "`if: github.event.workflow_run.event == 'pull_request'`.",
    )


def _another(parcel: Parcel) -> RefusedError:
    return RefusedError(
        f"The comment is for pull request {parcel.pull_request}, and this job is not. "
        "Nothing was posted.",
        meaning="The files come from the pull request's own code, which may name any other one.",
        remedy="Look at that pull request's workflow. Nothing is wrong with this one.",
    )
