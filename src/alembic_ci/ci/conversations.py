"""Which conversation a comment goes to. Importing this brings the HTTP library."""

from collections.abc import Mapping
from urllib.parse import quote

from alembic_ci.ci.api import Patience
from alembic_ci.ci.conversation import Conversation
from alembic_ci.ci.github_comments import GitHubComments, github_api
from alembic_ci.ci.gitlab_notes import GitLabNotes, gitlab_api
from alembic_ci.ci.pull_requests import Forge, PullRequest


def conversation(
    request: PullRequest, variables: Mapping[str, str], patience: Patience | None = None
) -> Conversation:
    """Return the comments below *request*; the forge's token variable must be set."""
    if request.forge is Forge.GITLAB:
        page = f"{_project_page(variables)}/-/merge_requests/{request.number}"
        api = gitlab_api(variables, patience)
        return GitLabNotes(api, quote(request.repository, safe=""), request.number, page)
    api = github_api(variables, patience)
    return GitHubComments(api, request.repository, request.number)


def _project_page(variables: Mapping[str, str]) -> str:
    return variables.get("CI_MERGE_REQUEST_PROJECT_URL") or variables.get("CI_PROJECT_URL", "")
