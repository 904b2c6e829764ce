"""The comments of a pull request on GitHub, and on GitHub Enterprise Server."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alembic_ci.ci.api import Api, ApiError, Patience
from alembic_ci.ci.conversation import Comment
from alembic_ci.ci.json_values import inside, number, text

_VERSION = "2022-11-28"
_RUNNER = "github-actions[bot]"
_WHO_AM_I = {"query": "query { viewer { login databaseId } }"}


def github_api(variables: Mapping[str, str], patience: Patience | None = None) -> Api:
    """Return the API that the runner names, with the token of the job."""
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {variables['GITHUB_TOKEN']}",
        "X-GitHub-Api-Version": _VERSION,
    }
    root = variables.get("GITHUB_API_URL") or "https://api.github.com"
    return Api(root, headers, variables, patience=patience)


@dataclass(slots=True)
class GitHubComments:
    """The conversation below one pull request of *repository* (``owner/name``)."""

    api: Api
    repository: str
    pull_request: int
    _myself: tuple[int, str] | None = field(default=None, init=False)

    def mine(self) -> Sequence[Comment]:
        """Return what this token's own user wrote, from every page."""
        user, login = self._identity()
        items = self.api.items(f"{self._place}/{self.pull_request}/comments")
        mine = (
            item
            for item in items
            if number(item, "user", "id") == user or text(item, "user", "login") == login
        )
        return sorted(map(_comment, mine), key=lambda comment: comment.number)

    def create(self, body: str) -> Comment:
        """Write a new comment."""
        path = f"{self._place}/{self.pull_request}/comments"
        return _comment(self.api.send("POST", path, {"body": body}))

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""
        path = f"{self._place}/comments/{comment.number}"
        return _comment(self.api.send("PATCH", path, {"body": body}))

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self.api.send("DELETE", f"{self._place}/comments/{comment.number}")

    @property
    def _place(self) -> str:
        return f"/repos/{self.repository}/issues"

    @property
    def _graphql(self) -> str:
        """Return the other API of the same server: a token is for no other one."""
        return f"{self.api.root.removesuffix('/v3')}/graphql"

    def _identity(self) -> tuple[int, str]:
        """Return the token's user, else the name under which a job's own token writes.

        Only GraphQL tells it to the token of an app, such as that of the job.
        """
        if self._myself is None:
            said: object = None
            with contextlib.suppress(ApiError):
                said = inside(self.api.send("POST", self._graphql, _WHO_AM_I), "data", "viewer")
            self._myself = (number(said, "databaseId") or -1, text(said, "login") or _RUNNER)
        return self._myself


def _comment(item: object) -> Comment:
    return Comment(number=number(item, "id"), body=text(item, "body"), url=text(item, "html_url"))
