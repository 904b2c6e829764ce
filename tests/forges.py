"""GitHub's and GitLab's comments behind a real socket: what is stored, and who may do what."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ME, SOMEBODY = 41_898_282, 5
TOKEN = "token-of-this-very-job"
Fields = dict[str, object]
Answer = Callable[[], Response]


@dataclass
class Forge:
    """The comments of pull request 7; *failures* are answered first, each once."""

    server: HTTPServer
    bodies: dict[int, str] = field(default_factory=dict)
    authors: dict[int, int] = field(default_factory=dict)
    failures: list[tuple[str, Answer]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    after_list: Callable[[], object] = lambda: None
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        anything = self.server.expect_request(re.compile(".*"))
        anything.respond_with_handler(self._answer)

    def add(self, body: str, *, author: int = SOMEBODY) -> int:
        """Have somebody write a comment."""
        with self.lock:
            found = next(self.numbers)
            self.bodies[found], self.authors[found] = body, author
            return found

    def fail(self, method: str, *answers: Answer) -> None:
        """Answer the next requests of this method with these, and do nothing."""
        self.failures += [(method, answer) for answer in answers]

    def mine(self) -> list[str]:
        """Return the bodies this job's user wrote."""
        return [body for found, body in self.bodies.items() if self.authors[found] == ME]

    def wrote(self) -> list[str]:
        """Return each attempt to write a new comment."""
        posts = [line for line in self.asked if line.startswith("POST")]
        return [line for line in posts if line.endswith(("/comments", "/notes"))]

    def _answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.full_path.rstrip('?')}")
        self.tokens.add(self._token(request))
        for number, (method, answer) in enumerate(self.failures):
            if method == request.method and not request.path.endswith("/graphql"):
                del self.failures[number]
                return answer()
        return self._routed(request)

    def _routed(self, request: Request) -> Response:
        raise NotImplementedError

    def _token(self, request: Request) -> str:
        raise NotImplementedError

    def _listed(self, request: Request) -> Response:
        size, page = int(request.args.get("per_page", 30)), int(request.args.get("page", 1))
        with self.lock:
            chosen = sorted(self.bodies)[(page - 1) * size : page * size]
            more = len(self.bodies) > page * size
            items = [self._item(found) for found in chosen]
        self.after_list()
        link = f'<{request.base_url}?page=1>; rel="first"'
        if more:
            link += f', <{request.base_url}?per_page={size}&page={page + 1}>; rel="next"'
        return _json(items, headers={"Link": link})

    def _item(self, found: int) -> Fields:
        raise NotImplementedError

    def _written(self, request: Request) -> Response:
        return _json(self._item(self.add(_body(request), author=ME)), status=201)

    def _changed(self, request: Request, found: int) -> Response:
        with self.lock:
            if found not in self.bodies:
                return _refusal(404, "Not Found")
            if request.method == "DELETE":
                del self.bodies[found]
                return Response(status=204)
            self.bodies[found] = _body(request)
            return _json(self._item(found))


class GitHub(Forge):
    """api.github.com, or a server of one's own with its API under /api/v3."""

    author = "fork/shop"

    def variables(self, folder: Path, event: object, name: str = "pull_request") -> dict[str, str]:
        """Return what the runner of a job tells it, with the event in a file of *folder*."""
        path = folder / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.server.url_for("/api/v3"),
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_RUN_ID": "99",
            "GITHUB_SERVER_URL": "https://github.invalid",
            "GITHUB_TOKEN": TOKEN,
        }

    def _token(self, request: Request) -> str:
        return request.headers["Authorization"].removeprefix("Bearer ")

    def _item(self, found: int) -> Fields:
        return {
            "id": found,
            "body": self.bodies[found],
            "html_url": f"https://github.invalid/octo/shop/pull/7#issuecomment-{found}",
            "user": {"id": self.authors[found], "login": f"user-{self.authors[found]}"},
        }

    def _routed(self, request: Request) -> Response:
        path = request.path.removeprefix("/api/v3/repos/octo/shop")
        if request.path == "/api/graphql":
            return _json({"data": {"viewer": {"databaseId": ME, "login": f"user-{ME}"}}})
        if path == "/pulls/7":
            return _json({"number": 7, "head": _head(self.author)})
        if path == "/issues/7/comments":
            return self._listed(request) if request.method == "GET" else self._written(request)
        if match := re.fullmatch(r"/issues/comments/(\d+)", path):
            return self._changed(request, int(match[1]))
        return _refusal(404, "Not Found")


class GitLab(Forge):
    """A GitLab server, whose list also has what its system wrote."""

    def variables(self, **more: str) -> dict[str, str]:
        """Return what a job of a merge request's pipeline is told."""
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": self.server.url_for("/api/v4"),
            "CI_COMMIT_SHA": "c0ffee",
            "CI_JOB_URL": "https://gitlab.invalid/octo/shop/-/jobs/3",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_PROJECT_ID": "12",
            "CI_MERGE_REQUEST_PROJECT_URL": "https://gitlab.invalid/octo/shop",
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_PROJECT_ID": "12",
            "GITLAB_TOKEN": TOKEN,
            **more,
        }

    def _token(self, request: Request) -> str:
        return request.headers["PRIVATE-TOKEN"]

    def _item(self, found: int) -> Fields:
        body = self.bodies[found]
        author = {"id": self.authors[found], "username": "x"}
        return {"id": found, "body": body, "author": author, "system": body == "changed the title"}

    def _routed(self, request: Request) -> Response:
        place = "/api/v4/projects/12/merge_requests/7/notes"
        if request.path == "/api/v4/user":
            return _json({"id": ME, "username": "project_12_bot"})
        if request.path == place:
            return self._listed(request) if request.method == "GET" else self._written(request)
        if match := re.fullmatch(rf"{place}/(\d+)", request.path):
            return self._changed(request, int(match[1]))
        return _refusal(404, "404 Not found")


def pull_request_event(*, repository: str = "octo/shop") -> Fields:
    """Return the event of pull request 7, whose branch is in *repository*."""
    return {"pull_request": {"number": 7, "head": _head(repository)}}


def run_before(*, repository: str = "fork/shop", commit: str = "c0ffee") -> Fields:
    """Return the event of a workflow that follows one for a pull request from *repository*."""
    return {
        "workflow_run": {
            "event": "pull_request",
            "head_branch": "topic",
            "head_repository": {"full_name": repository},
            "head_sha": commit,
        }
    }


def refusal(status: int, message: str, **headers: str) -> Answer:
    """Return how to say no."""
    return lambda: _refusal(status, message, headers)


@contextmanager
def listening() -> Iterator[HTTPServer]:
    """Run a server that answers several requests at once."""
    with HTTPServer(threaded=True) as server:
        yield server


def _head(repository: str) -> Fields:
    return {"sha": "c0ffee", "ref": "topic", "repo": {"full_name": repository}}


def _body(request: Request) -> str:
    return str(json.loads(request.data)["body"])


def _json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(value)
    return Response(text, status=status, headers=headers, content_type="application/json")


def _refusal(status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    return _json({"message": message}, status=status, headers=headers)
