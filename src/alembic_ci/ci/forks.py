"""Refuse to run a fork's code in a job that holds the secrets of the repository."""

from collections.abc import Mapping

from alembic_ci.ci.json_values import file_content, inside, text
from alembic_ci.errors import RefusedError

_PRIVILEGED = ("pull_request_target", "workflow_run", "issue_comment")


def refuse_fork_code(variables: Mapping[str, str]) -> None:
    """Raise RefusedError when an event gave this job secrets and its code may be a fork's.

    Under ``pull_request`` a fork's job has no secrets, and none is refused. A comment on a pull
    request does not say whose code that has, so it counts as a fork's.
    """
    if variables.get("GITHUB_ACTIONS") != "true":
        return
    name = variables.get("GITHUB_EVENT_NAME", "")
    event = file_content(variables.get("GITHUB_EVENT_PATH", ""))
    if not _may_be_forked(name, event, variables.get("GITHUB_REPOSITORY", "")):
        return
    raise RefusedError(
        f"This job was started by {name}, and the code it is to run may be that of a fork. "
        "Nothing was run.",
        meaning="env.py and the revisions are code, and such a job holds the secrets and the "
        "write access of this repository.",
        remedy="Run under `pull_request`, and let a second workflow post the comment. If the "
        "code that is checked out is your own, say --allow-fork-code or set "
        "ALEMBIC_CI_ALLOW_FORK_CODE to true.",
    )


def _may_be_forked(name: str, event: object, repository: str) -> bool:
    if event is None and name in _PRIVILEGED:
        return True
    match name:
        case "pull_request_target":
            head = text(event, "pull_request", "head", "repo", "full_name")
        case "workflow_run":
            head = text(event, "workflow_run", "head_repository", "full_name")
        case "issue_comment":
            return bool(inside(event, "issue", "pull_request"))
        case _:
            return False
    return not repository or head.lower() != repository.lower()
