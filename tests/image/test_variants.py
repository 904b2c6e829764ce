"""The variants of the image: with database servers, and with compilers."""

import json
import shutil
from pathlib import Path

import pytest

from accidents import alone
from alembic_ci.urls import DatabaseURL
from image.building import ROOT
from image.containers import Container, fetched_packages, podman

pytestmark = pytest.mark.image

_NOBODY = ("-u", "65532:65532", "--cap-drop=ALL", "--read-only", "--tmpfs", "/tmp:exec")


def _project(name: str, folder: Path) -> Path:
    return shutil.copytree(ROOT / "tests" / "projects" / name, folder / "project")


@pytest.mark.parametrize("user", [(), _NOBODY], ids=["root", "nobody"])
def test_servers_prove_rollbacks_without_any_service(
    user: tuple[str, ...],
    servers_image: str,
    tmp_path: Path,
    postgresql_url: DatabaseURL,
    mysql_url: DatabaseURL,
) -> None:
    reports = tmp_path / "reports"
    reports.mkdir()
    reports.chmod(0o777)
    container = Container(
        image=servers_image,
        command=("rollback-test", "--report-dir", "/reports", "--environments=one,two"),
        variables={
            "ONE_DATABASE_URL": alone(postgresql_url)["DATABASE_URL"],
            "TWO_DATABASE_URL": alone(mysql_url)["DATABASE_URL"],
        },
        mounts=[(_project("branches", tmp_path), "/work:ro"), (reports, "/reports")],
        flags=("-w", "/work", *user),
    )

    ended = container.run()

    assert ended.exit_code == 0, ended.log
    environments = json.loads((reports / "report.json").read_text())["environments"]
    steps = [environment["databases"][0]["steps"][0] for environment in environments]
    scratch = [step["result"]["scratch"] for step in steps]
    assert [words.split()[:3] for words in scratch] == [
        ["a", "private", "PostgreSQL"],
        ["a", "private", "MariaDB"],
    ]


def test_full_compiles_a_driver_without_wheels(full_image: str, tmp_path: Path) -> None:
    project = _project("branches", tmp_path)
    (project / "requirements.txt").write_text("alembic\nsqlalchemy\nmysqlclient==2.2.7\n")
    mount, variables = fetched_packages()
    container = Container(
        image=full_image,
        command=("status",),
        variables={**variables, "DATABASE_URL": "sqlite:////tmp/x.db"},
        mounts=[(project, "/work"), mount],
        flags=("-w", "/work"),
    )

    ended = container.run()

    assert ended.exit_code == 0, ended.log


def test_slim_says_what_a_driver_without_wheels_needs(image: str, tmp_path: Path) -> None:
    project = _project("branches", tmp_path)
    (project / "requirements.txt").write_text("alembic\nsqlalchemy\nmysqlclient==2.2.7\n")
    container = Container(
        image=image,
        command=("status",),
        variables={"DATABASE_URL": "sqlite:////tmp/x.db"},
        mounts=[(project, "/work")],
        flags=("-w", "/work"),
    )

    ended = container.run()

    assert ended.exit_code == 2, ended.log
    assert "-full" in ended.log


def test_the_image_adds_little_to_its_base(image: str) -> None:
    layers = json.loads(podman("image", "inspect", image).log)[0]["RootFS"]["Layers"]
    sizes = {
        item["id"]: item["size"]
        for item in json.loads(podman("history", "--format", "json", "--human=false", image).log)
    }
    base = max(sizes.values())

    assert layers
    assert sum(sizes.values()) - base < 300_000_000
