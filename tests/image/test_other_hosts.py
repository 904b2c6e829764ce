"""The image as GitLab, Jenkins, Kubernetes and a person with docker start it."""

from pathlib import Path

import pytest

from image.containers import Container, podman

pytestmark = pytest.mark.image

_PROJECT = "/builds/octo/shop"
# GitLab looks for the best shell there is and lets it read the job's script.
_GITLAB_SHELL = (
    "for shell in /usr/local/bin/bash /usr/bin/bash /bin/bash /bin/sh; do "
    'if [ -x "$shell" ]; then exec "$shell"; fi; done; echo shell not found; exit 1'
)


def test_gitlab_runs_its_script_from_the_standard_input(image: str, shop: Path) -> None:
    container = Container(
        image=image,
        command=("sh", "-c", _GITLAB_SHELL),
        variables={"CI": "true", "GITLAB_CI": "true", "CI_PROJECT_DIR": _PROJECT},
        mounts=[(shop, _PROJECT)],
    )
    script = f"set -eo pipefail\ncd {_PROJECT}\nalembic-ci --help | head -n 3\nexit 7\n"

    ended = container.run(stdin=script)

    assert ended.exit_code == 7
    assert "alembic-ci" in ended.log


def test_jenkins_keeps_cat_running_and_executes_beside_it(image: str, shop: Path) -> None:
    container = Container(
        image=image,
        command=("cat",),
        mounts=[(shop, str(shop))],
        flags=("-t", "-u", "1234:1234", "-w", str(shop)),
    )

    with container.detached() as identity:
        running = podman("top", identity, "args")
        help_text = podman("exec", identity, "sh", "-c", "alembic-ci --help")

    assert "cat" in running.log.split()
    assert help_text.exit_code == 0, help_text.log


def test_a_stranger_on_a_read_only_file_system_is_welcome(image: str) -> None:
    flags = ("--read-only", "--tmpfs", "/tmp", "-u", "65532:65532", "--cap-drop=ALL")

    ended = Container(image=image, command=("--help",), flags=flags).run()

    assert ended.exit_code == 0, ended.log
