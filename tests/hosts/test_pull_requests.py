"""A whole run for a pull request: the comment, what stands in its way, and whose code is run."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from accidents import SQLITE, project
from alembic_ci.ci.conversation import marker
from cli import Run, alembic_ci
from forges import (
    TOKEN,
    GitHub,
    GitLab,
    listening,
    pull_request_event,
    refusal,
    run_before,
)
from image.file_commands import key_values

_TELL_TOKEN = 'import os; print("token:", os.environ.get("GITHUB_TOKEN"))'


@pytest.fixture
def github() -> Iterator[GitHub]:
    with listening() as server:
        yield GitHub(server)
        server.check()


@pytest.fixture
def gitlab() -> Iterator[GitLab]:
    with listening() as server:
        yield GitLab(server)
        server.check()


def _run(directory: Path, variables: Mapping[str, str], *arguments: str) -> Run:
    outputs = directory / "github-output"
    outputs.unlink(missing_ok=True)
    variables = {"GITHUB_OUTPUT": str(outputs), **SQLITE, **variables}
    return alembic_ci(*arguments, directory=directory, variables=variables)


def _outputs(directory: Path) -> dict[str, str]:
    return key_values((directory / "github-output").read_text(encoding="utf-8"))


def test_a_red_comment_turns_green_and_stays_the_only_one(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path, env=_TELL_TOKEN)
    revision = next((directory / "migrations" / "versions").glob("*.py"))
    sound = revision.read_text(encoding="utf-8")
    revision.write_text(sound + "\n\ndef downgrade():\n    raise ValueError('no way')\n", "utf-8")
    variables = github.variables(tmp_path, pull_request_event())

    red = _run(directory, variables, "rollback-test")
    (said,) = github.mine()
    url = _outputs(directory)["comment-url"]
    assert _outputs(directory)["status"] == "failed"
    revision.write_text(sound, encoding="utf-8")
    green = _run(directory, variables, "rollback-test", "--verbose")

    assert red.exit_code == 1, red.everything
    assert said.startswith("**Failed**")
    assert "no way" in said
    assert said.endswith(marker("rollback-test development"))
    assert f"Comment: {url}" in red.stdout
    assert f"ALEMBIC_CI_COMMENT_URL={url}\n" in (red.folder / "outputs.env").read_text("utf-8")
    assert green.exit_code == 0, green.everything
    assert _outputs(directory)["comment-url"] == url
    assert github.mine()[0].startswith("**Passed**")
    assert "c0ffee" in github.mine()[0]
    assert len(github.bodies) == 1
    assert "token: None" in green.everything
    assert TOKEN not in red.everything + green.everything


def test_a_pull_request_without_migrations_is_left_alone(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    variables = github.variables(tmp_path, pull_request_event())
    _run(directory, {}, "upgrade")

    quiet = _run(directory, variables, "status")
    asked_for = _run(directory, variables, "status", "--comment", "always")
    never = _run(directory, variables, "status", "--comment", "never")

    assert "No comment: there is nothing to tell." in quiet.stdout
    assert len(github.wrote()) == 1
    assert "Comment: https://" in asked_for.stdout
    assert "omment" not in never.stdout


def test_a_refused_comment_is_a_warning_and_fails_nothing(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    github.fail("POST", refusal(403, "Resource not accessible by integration"))
    variables = github.variables(tmp_path, pull_request_event())

    done = _run(directory, variables, "status")

    assert done.exit_code == 0, done.everything
    assert "::warning title=comment::" in done.stdout
    assert "Resource not accessible by integration" in done.stdout
    assert "pull-requests: write" in done.stdout
    assert _outputs(directory)["comment-url"] == ""
    assert "pending" in (done.folder / "comment.md").read_text(encoding="utf-8")


def test_a_job_without_a_token_says_so(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    variables = github.variables(tmp_path, pull_request_event())

    done = _run(directory, {**variables, "GITHUB_TOKEN": ""}, "status")

    assert done.exit_code == 0, done.everything
    assert "No comment: GITHUB_TOKEN is not set." in done.stdout
    assert not github.asked


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("pull_request_target", pull_request_event(repository="fork/shop")),
        ("workflow_run", run_before(repository="fork/shop")),
        ("issue_comment", {"issue": {"number": 7, "pull_request": {"url": "x"}}}),
        ("pull_request_target", "no event at all"),
    ],
)
def test_fork_code_is_not_run_where_the_secrets_are(
    github: GitHub, tmp_path: Path, name: str, event: object
) -> None:
    directory = project(tmp_path, env='raise SystemExit("I was run")')
    python = directory / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\ntouch was-run\nexec python3 $@\n", encoding="utf-8")
    python.chmod(0o755)
    (directory / "pyproject.toml").write_text("[tool.alembic-ci]\nverbose = true\n", "utf-8")
    variables = github.variables(tmp_path, event, name)

    done = _run(directory, {**variables, "GITHUB_TOKEN": ""}, "status")

    assert done.exit_code == 6, done.everything
    assert _outputs(directory)["failure-class"] == "refused"
    assert "--allow-fork-code" in done.stdout
    assert not (directory / "was-run").exists()
    assert "I was run" not in done.everything


def test_fork_code_is_run_when_the_workflow_says_so(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    variables = github.variables(tmp_path, run_before(), "workflow_run")

    done = _run(directory, variables, "status", "--allow-fork-code")

    assert done.exit_code == 0, done.everything


def test_fork_code_cannot_allow_itself(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    text = "[tool.alembic-ci]\nallow-fork-code = true\n"
    (directory / "pyproject.toml").write_text(text, encoding="utf-8")
    variables = github.variables(tmp_path, run_before(), "workflow_run")

    done = _run(directory, variables, "status")

    assert done.exit_code == 2, done.everything
    assert "allow-fork-code" in done.stdout


def test_own_code_is_run_under_any_event(github: GitHub, tmp_path: Path) -> None:
    directory = project(tmp_path)
    event = pull_request_event(repository="Octo/Shop")

    done = _run(directory, github.variables(tmp_path, event, "pull_request_target"), "status")

    assert done.exit_code == 0, done.everything


def _handed_over(github: GitHub, folder: Path, *, body: str = "") -> Path:
    """Run as a fork's job does, without a token; return the folder where it left its report."""
    directory = project(folder)
    event = pull_request_event(repository="fork/shop")
    variables = {**github.variables(folder, event), "GITHUB_TOKEN": ""}
    done = _run(directory, variables, "status")
    assert done.exit_code == 0, done.everything
    if body:
        (done.folder / "comment.md").write_text(body, encoding="utf-8")
    return directory


def test_a_second_workflow_posts_what_the_fork_left(github: GitHub, tmp_path: Path) -> None:
    body = "hello @octo/team\n```\n@kept\n```\n" + marker("run production")
    directory = _handed_over(github, tmp_path, body=body)
    variables = github.variables(tmp_path, run_before(), "workflow_run")

    done = _run(directory, variables, "comment")

    assert done.exit_code == 0, done.everything
    assert "Comment: https://" in done.stdout
    assert _outputs(directory)["comment-url"].startswith("https://")
    (said,) = github.mine()
    assert said.startswith("> Reported by the code of the fork `fork/shop`")
    assert "hello @<!-- -->octo/team\n```\n@kept\n```" in said
    assert said.endswith(marker("status development"))


def test_a_fork_cannot_comment_on_another_pull_request(github: GitHub, tmp_path: Path) -> None:
    directory = _handed_over(github, tmp_path)
    github.author = "somebody/shop"
    variables = github.variables(tmp_path, run_before(), "workflow_run")

    done = _run(directory, variables, "comment")

    assert done.exit_code == 6, done.everything
    assert _outputs(directory)["failure-class"] == "refused"
    assert not github.bodies


def test_an_overtaken_comment_is_not_posted(github: GitHub, tmp_path: Path) -> None:
    directory = _handed_over(github, tmp_path)
    variables = github.variables(tmp_path, run_before(commit="0ld"), "workflow_run")

    done = _run(directory, variables, "comment")

    assert done.exit_code == 0, done.everything
    assert "newer commits" in done.stdout
    assert not github.bodies


def _linked(path: Path) -> None:
    path.rename(path.with_name("moved"))
    path.symlink_to("moved")


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "comment.json").unlink(),
        lambda folder: (folder / "comment.json").write_text('{"version": 1}'),
        lambda folder: (folder / "comment.json").write_text(
            json.dumps({"version": 1, "pull_request": 7, "key": "a\nb"})
        ),
        lambda folder: (folder / "comment.md").write_text("x" * 70_000),
        lambda folder: (folder / "comment.md").write_bytes(b"\xff\xfe"),
        lambda folder: os.truncate(folder / "comment.md", 0),
        lambda folder: _linked(folder / "comment.md"),
    ],
)
def test_what_alembic_ci_did_not_write_is_not_posted(
    github: GitHub, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "comment.md").write_text("fine", encoding="utf-8")
    facts = {"version": 1, "pull_request": 7, "key": "run", "create": True}
    (folder / "comment.json").write_text(json.dumps(facts), encoding="utf-8")
    damage(folder)
    variables = github.variables(tmp_path, run_before(), "workflow_run")

    done = _run(tmp_path, variables, "comment", "--report-dir", "report")

    assert done.exit_code == 2, done.everything
    assert "report/comment." in done.stdout
    assert not github.bodies


def test_a_merge_request_gets_its_note(gitlab: GitLab, tmp_path: Path) -> None:
    directory = project(tmp_path)

    done = _run(directory, gitlab.variables(), "status")

    assert done.exit_code == 0, done.everything
    assert "Comment: https://gitlab.invalid/octo/shop/-/merge_requests/7#note_1" in done.stdout
    assert gitlab.mine()[0].endswith(marker("status development"))


def test_a_merge_request_without_a_project_token_is_told_about(
    gitlab: GitLab, tmp_path: Path
) -> None:
    directory = project(tmp_path)

    done = _run(directory, gitlab.variables(GITLAB_TOKEN=""), "status")

    assert done.exit_code == 0, done.everything
    assert "No comment: GITLAB_TOKEN is not set. Make a project access token" in done.stdout
