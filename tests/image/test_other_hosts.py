"""The image as GitLab, Jenkins, Kubernetes and a person with docker start it."""

import shutil
import signal
from pathlib import Path

import pytest

from image.building import ROOT
from image.containers import Container, podman, wait_for_log

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


def test_gitlab_job_runs_the_whole_pipeline(image: str, shop: Path) -> None:
    container = Container(
        image=image,
        command=("sh", "-c", _GITLAB_SHELL),
        variables={"CI": "true", "GITLAB_CI": "true", "DATABASE_URL": "sqlite:///shop.db"},
        mounts=[(shop, _PROJECT)],
    )

    ended = container.run(stdin=f"set -eo pipefail\ncd {_PROJECT}\nalembic-ci run\n")

    assert ended.exit_code == 0, ended.log
    assert (shop / "shop.db").stat().st_size
    assert "8 revisions" in (shop / "alembic-ci-report" / "report.md").read_text(encoding="utf-8")


def test_jenkins_keeps_cat_running_and_executes_beside_it(image: str, shop: Path) -> None:
    container = Container(
        image=image,
        command=("cat",),
        mounts=[(shop, str(shop))],
        flags=("-t", "-u", "1234:1234", "-w", str(shop)),
    )

    with container.detached() as identity:
        database = "DATABASE_URL=sqlite:////tmp/shop.db"
        step = podman(
            "exec",
            identity,
            "sh",
            "-c",
            f"{database} alembic-ci run --install none --report-dir /tmp/r",
        )
        running = podman("top", identity, "args")  # by now cat has begun

    assert "cat" in running.log.split()
    assert step.exit_code == 0, step.log


def test_a_stranger_on_a_read_only_file_system_is_welcome(image: str, shop: Path) -> None:
    container = Container(
        image=image,
        command=("run", "--working-directory", str(shop), "--report-dir", "/tmp/report"),
        variables={"DATABASE_URL": "sqlite:////tmp/shop.db"},
        mounts=[(shop, f"{shop}:ro")],
        flags=("--read-only", "--tmpfs", "/tmp:exec", "-u", "65532:65532", "--cap-drop=ALL"),
    )

    ended = container.run()

    assert ended.exit_code == 0, ended.log


def test_docker_stop_ends_an_upgrade_soon(image: str, tmp_path: Path) -> None:
    project = shutil.copytree(ROOT / "tests" / "projects" / "slow_revision", tmp_path / "slow")
    container = Container(
        image=image,
        command=("upgrade", "--report-dir", "/work/report"),
        variables={"DATABASE_URL": "sqlite:////tmp/slow.db"},
        mounts=[(project, "/work")],
        flags=("-w", "/work"),
    )

    with container.detached() as identity:
        wait_for_log(identity, "0001")
        podman("stop", "--time", "30", identity)
        exit_code = podman("inspect", "--format", "{{.State.ExitCode}}", identity).log.strip()

    assert exit_code == str(128 + signal.SIGTERM)  # and not SIGKILL, which comes after 30 s
    assert "0001" in (project / "report" / "report.md").read_text(encoding="utf-8")
