"""The notes of a merge request on GitLab, written with a token of the project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from alembic_ci.ci.api import Api, ApiError, Patience
from alembic_ci.ci.conversation import Comment
from alembic_ci.ci.json_values import inside, number, text


def gitlab_api(variables: Mapping[str, str], patience: Patience | None = None) -> Api:
    """Return the API of the instance that runs this job; the job's own token cannot write notes.

    See https://docs.gitlab.com/ci/jobs/ci_job_token/.
    """
    headers = {"PRIVATE-TOKEN": variables["GITLAB_TOKEN"]}
    root = variables.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
    return Api(root, headers, variables, patience=patience)


@dataclass(slots=True)
class GitLabNotes:
    """The conversation below one merge request; *page* is its address for people."""

    api: Api
    project: str
    merge_request: int
    page: str
    _myself: int = field(default=0, init=False)

    def mine(self) -> Sequence[Comment]:
        """Return what this token's own user wrote, from every page."""
        self._myself = self._myself or number(self.api.get("/user"), "id")
        if not self._myself:
            raise ApiError("GitLab does not say whose token GITLAB_TOKEN is.")
        items = self.api.items(f"{self._place}?order_by=created_at&sort=asc")
        mine = (item for item in items if self._is_mine(item))
        return sorted(map(self._comment, mine), key=lambda comment: comment.number)

    def create(self, body: str) -> Comment:
        """Write a new note."""
        return self._comment(self.api.send("POST", self._place, {"body": body}))

    def update(self, comment: Comment, body: str) -> Comment:
        """Give a note another text."""
        path = f"{self._place}/{comment.number}"
        return self._comment(self.api.send("PUT", path, {"body": body}))

    def delete(self, comment: Comment) -> None:
        """Remove a note."""
        self.api.send("DELETE", f"{self._place}/{comment.number}")

    @property
    def _place(self) -> str:
        return f"/projects/{self.project}/merge_requests/{self.merge_request}/notes"

    def _is_mine(self, item: object) -> bool:
        wrote = number(item, "author", "id") == self._myself
        return wrote and inside(item, "system") is not True

    def _comment(self, item: object) -> Comment:
        found = number(item, "id")
        return Comment(number=found, body=text(item, "body"), url=f"{self.page}#note_{found}")
