"""What holds of the image whoever starts it."""

import json

import pytest

from image.containers import Container, podman

pytestmark = pytest.mark.image


def _inside(image: str, script: str, **variables: str) -> str:
    ended = Container(image=image, command=("sh", "-c", script), variables=variables).run()
    assert ended.exit_code == 0, ended.log
    return ended.log.strip()


def test_the_user_is_left_to_the_host_and_the_entrypoint_is_absolute(image: str) -> None:
    config = json.loads(podman("image", "inspect", image).log)[0]["Config"]

    assert not config.get("User")
    assert not config.get("WorkingDir", "").strip("/")
    assert all(word.startswith(("/opt/alembic-ci/", "-")) for word in config["Entrypoint"])


def test_help_names_the_command(image: str) -> None:
    ended = Container(image=image, command=("--help",)).run()

    assert ended.exit_code == 0, ended.log
    assert "alembic-ci" in ended.log


def test_the_command_and_uv_are_on_the_path(image: str) -> None:
    assert "alembic-ci" in _inside(image, "alembic-ci --help && uv --version")


def test_git_reads_a_repository_of_another_user_whatever_home_is(image: str) -> None:
    script = (
        "git init -q /tmp/shop && chown -R 1001 /tmp/shop && git -C /tmp/shop status --porcelain"
    )

    assert not _inside(image, script, HOME="/github/home")


def test_the_build_secret_leaves_no_trace(image: str) -> None:
    config = json.loads(podman("image", "inspect", image).log)[0]["Config"]

    assert not [v for v in config["Env"] if v.startswith(("PIP_CERT", "SSL_CERT"))]
    assert _inside(image, "ls -A /run/secrets 2>/dev/null || true") in {"", "rhsm"}


def test_the_projects_own_python_writes_no_bytecode(image: str) -> None:
    assert _inside(image, "echo $PYTHONDONTWRITEBYTECODE$PYTHONUNBUFFERED") == "11"
