"""A project's own dependencies, installed from whatever declares them, by the real uv."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli import Run, alembic_ci
from environments import OLDER
from template_projects import SOUND, initialised

_LOCK_FILES = Path(__file__).parents[1] / "lock_files"
_PINS = ("alembic==1.13.3", "sqlalchemy==1.4.54")
_PYPROJECT = """\
[project]
name = "shop"
version = "1"
requires-python = ">=3.9"
dependencies = [{dependencies}]

[project.optional-dependencies]
pg = ["psycopg2-binary==2.9.12"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project in a repository, whose dependencies are yet to be declared."""
    folder = initialised(OLDER.interpreter(), "generic", tmp_path / "shop", *SOUND)
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return folder


def _status(project: Path, *flags: str, variables: Mapping[str, str] | None = None) -> Run:
    # The package index may be behind a network that ends TLS itself.
    given = {name: os.environ[name] for name in ("SSL_CERT_FILE",) if name in os.environ}
    given |= {"DATABASE_URL": "sqlite:///x.db", "TMPDIR": str(_temporary(project))}
    return alembic_ci(
        "status",
        *("--install=always", *flags),
        directory=project,
        variables={**given, **(variables or {})},
    )


def _temporary(project: Path) -> Path:
    """Return a place for environments that no other test uses."""
    folder = project.parent / "tmp"
    folder.mkdir(exist_ok=True)
    return folder


def _versions(run: Run) -> tuple[str, str]:
    assert run.exit_code == 0, run.everything
    found = run.report["project"]
    return found["alembic"], found["sqlalchemy"]


def _declare(project: Path, *dependencies: str) -> None:
    listed = ", ".join(json.dumps(name) for name in dependencies)
    (project / "pyproject.toml").write_text(_PYPROJECT.format(dependencies=listed))


def _uv(project: Path, *words: str) -> None:
    subprocess.run(["uv", "--quiet", *words], cwd=project, check=True, env=os.environ)


def _files(project: Path) -> set[str]:
    return {
        str(path.relative_to(project))
        for path in project.rglob("*")
        if not {"alembic-ci-report", "__pycache__", ".git"} & set(path.parts)
    }


def test_uv_lock_decides_and_the_workspace_stays_as_it_is(project: Path) -> None:
    _declare(project, *_PINS)
    _uv(project, "lock")
    _declare(project, "sqlalchemy")  # the lock is what counts, as it was committed
    before = _files(project)

    first = _status(project)
    second = _status(project)

    assert _versions(first) == _versions(second) == ("1.13.3", "1.4.54")
    assert _files(project) == before
    assert "installing the project's dependencies" in first.stderr
    assert "installing" not in second.stderr


def test_pylock_toml_is_installed(project: Path) -> None:
    _declare(project, *_PINS)
    _uv(project, "export", "--format=pylock.toml", "--output-file=pylock.toml", "--no-header")
    (project / "uv.lock").unlink()

    assert _versions(_status(project)) == ("1.13.3", "1.4.54")


def test_requirements_are_installed_with_their_hashes(project: Path) -> None:
    _declare(project, *_PINS)
    _uv(project, "export", "--format=requirements-txt", "--no-emit-project", "-o", "r.txt")
    (project / "uv.lock").unlink()
    (project / "r.txt").rename(project / "requirements.txt")
    assert "--hash" in (project / "requirements.txt").read_text()

    assert _versions(_status(project)) == ("1.13.3", "1.4.54")


def test_poetry_lock_is_installed(project: Path) -> None:
    shutil.copytree(_LOCK_FILES / "poetry", project, dirs_exist_ok=True)

    assert _versions(_status(project)) == ("1.13.3", "1.4.54")


def test_pipfile_lock_is_installed(project: Path) -> None:
    packages = {pin.split("==")[0]: {"version": f"=={pin.split('==')[1]}"} for pin in _PINS}
    sources = [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}]
    lock = {"_meta": {"sources": sources}, "default": packages, "develop": {}}
    (project / "Pipfile.lock").write_text(json.dumps(lock))
    (project / "Pipfile").write_text("[packages]\n")

    assert _versions(_status(project)) == ("1.13.3", "1.4.54")


def test_what_is_only_declared_is_resolved_with_the_extras_asked_for(project: Path) -> None:
    _declare(project, *_PINS)
    wanted = 'python -c "import psycopg2"'

    versions = _versions(_status(project, "--extras=pg"))
    without = _status(project, f"--install={wanted}")

    assert versions == ("1.13.3", "1.4.54")
    assert not (project / "uv.lock").exists()
    assert not (project / ".venv").exists()
    assert without.exit_code == 2
    assert "No module named 'psycopg2'" in without.everything


def test_alembic_and_the_driver_are_added_and_no_pin_is_changed_for_them(project: Path) -> None:
    _declare(project, "sqlalchemy==1.4.54")
    (project / "migrations" / "env.py").write_text(
        (project / "migrations" / "env.py").read_text() + "\nimport aiosqlite\n"
    )

    run = _status(project, variables={"DATABASE_URL": "sqlite+aiosqlite:///x.db"})

    assert "adding what the project does not declare: alembic, aiosqlite" in run.stderr
    assert run.report["project"]["sqlalchemy"] in {"1.4.54", ""}
    assert "import aiosqlite" not in run.everything


def test_a_command_of_ones_own_sees_no_database_url(project: Path) -> None:
    command = f"env > seen.txt; pip --version; uv pip install -q {' '.join(_PINS)}"

    run = _status(
        project,
        f"--install={command}",
        variables={"GITHUB_TOKEN": "ghs_token", "PIP_INDEX_URL": "https://pypi.org/simple"},
    )
    seen = (project / "seen.txt").read_text()

    assert _versions(run) == ("1.13.3", "1.4.54")
    assert "sqlite:///" not in seen
    assert "ghs_token" not in seen
    assert "UV_DEFAULT_INDEX=https://pypi.org/simple" in seen


def test_a_failed_installation_shows_uvs_words_and_is_a_wrong_setting(project: Path) -> None:
    (project / "requirements.txt").write_text("alembic==0.0.0.99\n")

    run = _status(project)

    assert run.exit_code == 2
    assert run.report["problem"]["failure_class"] == "installation"
    assert "alembic==0.0.0.99" in run.stdout
    assert "Traceback" not in run.everything
    assert "ALEMBIC_CI_STATUS=failed" in (run.folder / "outputs.env").read_text()


def test_a_python_that_is_not_to_be_had_is_named(project: Path) -> None:
    _declare(project, *_PINS)
    declared = project / "pyproject.toml"
    declared.write_text(declared.read_text().replace(">=3.9", ">=3.99"))

    run = _status(project, variables={"UV_PYTHON_DOWNLOADS": "never"})

    assert run.exit_code == 2
    assert "No interpreter found for Python >=3.99" in run.stdout
    assert "set --python-version" in run.everything


def test_a_certificate_authority_of_ones_own_is_asked(project: Path, tmp_path: Path) -> None:
    (project / "requirements.txt").write_text("alembic\n")
    (tmp_path / "nobody.pem").write_text("")

    run = _status(project, variables={"SSL_CERT_FILE": str(tmp_path / "nobody.pem")})

    assert run.exit_code == 2
    assert "certificate" in run.stdout.lower()


def test_an_index_password_in_uvs_words_is_not_shown(project: Path) -> None:
    (project / "requirements.txt").write_text("alembic\n")
    index = "http://robot:s3cr3t-of-the-index@127.0.0.1:9/simple"

    run = _status(project, variables={"UV_DEFAULT_INDEX": index, "UV_HTTP_RETRIES": "0"})

    assert run.exit_code == 2
    assert "cannot be reached" in run.stdout
    assert "s3cr3t" not in run.everything


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--python=/usr/bin/python3"], "contradict each other"),
        ([], "declares no dependencies"),
    ],
)
def test_what_cannot_be_meant_is_refused(flags: list[str], said: str, project: Path) -> None:
    run = _status(project, *flags)

    assert run.exit_code == 2
    assert said in run.everything
