"""Keep one comment on the pull request up to date; whatever goes wrong, the job does not fail."""

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.api import ApiError
from alembic_ci.ci.conversation import upsert
from alembic_ci.ci.conversations import conversation
from alembic_ci.ci.hosts import Host
from alembic_ci.ci.parcel import LARGEST_BODY, Parcel, pack
from alembic_ci.ci.pull_requests import Forge, PullRequest, job_page, pull_request
from alembic_ci.environments import DEFAULT_ENVIRONMENT
from alembic_ci.errors import SIGNAL_BASE, AlembicCIError
from alembic_ci.model import Report
from alembic_ci.render.markdown import comment
from alembic_ci.render.noteworthy import noteworthy
from alembic_ci.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Commenting:
    """What a run knows of its place; *folder* is where the report is."""

    settings: Settings
    variables: Mapping[str, str]
    folder: Path
    host: Host

    def keep_up_to_date(self, report: Report) -> str:
        """Post what *report* says; return the comment's URL, "" when there is none."""
        request = pull_request(self.variables)
        if request is None or self.settings.comment == "never" or report.command == "alembic":
            return ""
        parcel = self._parcel(report, request)
        with contextlib.suppress(AlembicCIError):  # no report could be written, and that was said
            pack(self.folder, parcel)
        if report.exit_code >= SIGNAL_BASE:
            return self._without("the run was interrupted, and there is no time left")
        if not self.variables.get(request.forge.token_variable):
            return self._without(_no_token(request))
        return self._posted(parcel, request)

    def _posted(self, parcel: Parcel, request: PullRequest) -> str:
        try:
            comments = conversation(request, self.variables)
            url = upsert(comments, parcel.key, parcel.body, create=parcel.create)
        except ApiError as error:
            text = f"The comment could not be posted: {error} {advice(error, request)}"
            self.host.annotate([Annotation(level=Level.WARNING, title="comment", message=text)])
            self.host.show(text)
            return ""
        self.host.show(f"Comment: {url}" if url else "No comment: there is nothing to tell.")
        return url

    def _parcel(self, report: Report, request: PullRequest) -> Parcel:
        key = self.settings.comment_key or self._key(report.command)
        footer = _footer(key, request, job_page(self.variables))
        body = comment(report, LARGEST_BODY - len(footer.encode()))
        return Parcel(
            pull_request=request.number,
            key=key,
            create=self.settings.comment == "always" or noteworthy(report),
            body=body + footer,
        )

    def _key(self, command: str) -> str:
        """Tell the job's comment from those about other environments and projects."""
        settings = self.settings
        project = os.path.normpath(settings.working_directory / (settings.config or ""))
        named = ",".join(settings.environments) or self.variables.get("ENVIRONMENT", "").strip()
        parts = [command, named or DEFAULT_ENVIRONMENT]
        parts += [project] if project != "." else []
        parts += [settings.name] if settings.name != "alembic" else []
        parts += [*settings.databases, *([settings.shard] if settings.shard else [])]
        return " ".join(parts)

    def _without(self, reason: str) -> str:
        self.host.show(f"No comment: {reason}.")
        return ""


def advice(error: ApiError, request: PullRequest) -> str:
    """Say what to do about a refusal."""
    variable = request.forge.token_variable
    match error.status:
        case HTTPStatus.UNAUTHORIZED:
            return f"{variable} is not valid, or no longer."
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND if request.fork:
            return "A fork's job may only read; let a second workflow post comment.md."
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND if request.forge is Forge.GITHUB:
            return "Give the job `permissions: pull-requests: write`."
        case HTTPStatus.FORBIDDEN | HTTPStatus.NOT_FOUND:
            return f"{variable} needs the scope `api` and the role Reporter or higher."
        case _:
            return "Everything it would have said is in the report."


def _no_token(request: PullRequest) -> str:
    if request.forge is Forge.GITLAB:
        return (
            "GITLAB_TOKEN is not set. Make a project access token with the scope `api`, and "
            "store it as a masked variable; a job's own token cannot write notes"
        )
    return (
        "GITHUB_TOKEN is not set. Pass it with `env: GITHUB_TOKEN: ${{ github.token }}` and "
        "`permissions: pull-requests: write`, or let a second workflow post comment.md"
    )


def _footer(key: str, request: PullRequest, page: str) -> str:
    commit = f" · {request.commit[:12]}" if request.commit else ""
    log = f' · <a href="{page}">log</a>' if page else ""
    shown = "".join(letter if letter.isalnum() or letter in "-_./, " else "?" for letter in key)
    return f"\n<sub>{shown}{commit}{log}</sub>\n"
