"""The command ``comment``: post what a job without the right to do so left in its report folder.

It runs none of the project's code, and is for a job that has a token which may write.
"""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from alembic_ci.ci.api import ApiError
from alembic_ci.ci.conversation import upsert
from alembic_ci.ci.conversations import conversation
from alembic_ci.ci.handed_over import destination
from alembic_ci.ci.hosts import Host
from alembic_ci.ci.mentions import without_mentions
from alembic_ci.ci.parcel import Parcel, unpack
from alembic_ci.errors import AlembicCIError, ExitCode, HostError, SettingsError

_LASTING = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)


def post(folder: Path, variables: Mapping[str, str], host: Host) -> int:
    """Post the comment in *folder*, and return the exit code."""
    try:
        url = _posted(unpack(folder), variables, host)
    except AlembicCIError as error:
        parts = (f"Error: {error.problem}", error.meaning, error.remedy)
        host.show("\n".join(part for part in parts if part))
        _tell(host, error.exit_code, failure_class=error.failure_class)
        return error.exit_code
    _tell(host, ExitCode.PASSED, url=url)
    return ExitCode.PASSED


def _posted(parcel: Parcel, variables: Mapping[str, str], host: Host) -> str:
    if not (variables.get("GITHUB_TOKEN") or variables.get("GITLAB_TOKEN")):
        raise SettingsError(
            "There is no token to post the comment with.",
            remedy="Pass it with `env: GITHUB_TOKEN: ${{ github.token }}`, and give the job "
            "`permissions: pull-requests: write`.",
        )
    try:
        goal = destination(parcel, variables)
        if goal.outdated:
            host.show("Not posted: the pull request has newer commits, whose run will comment.")
            return ""
        body = _introduced(parcel.body, goal.author)
        comments = conversation(goal.request, variables)
        url = upsert(comments, parcel.key, body, create=parcel.create)
    except ApiError as error:
        raise _host_error(error) from error
    host.show(f"Comment: {url}" if url else "No comment: there is nothing to tell.")
    return url


def _introduced(body: str, author: str) -> str:
    """Call nobody, and say whose words these are if they are not ours."""
    quiet = without_mentions(body)
    if not author:
        return quiet
    return f"> Reported by the code of the fork `{author}`, and not checked.\n\n{quiet}"


def _host_error(error: ApiError) -> AlembicCIError:
    if error.status in _LASTING:
        return SettingsError(
            f"The comment could not be posted: {error}",
            remedy="Give the job `permissions: pull-requests: write`.",
        )
    return HostError(
        f"The comment could not be posted: {error}", remedy="Run this job again later."
    )


def _tell(host: Host, code: ExitCode, *, failure_class: str = "", url: str = "") -> None:
    host.outputs(
        {
            "status": "failed" if code else "passed",
            "exit-code": str(int(code)),
            "failure-class": failure_class,
            "comment-url": url,
        }
    )
