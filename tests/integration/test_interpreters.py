"""Whose Python runs env.py: the one that was named, the project's own, or ours."""

from pathlib import Path

import alembic
import pytest
import sqlalchemy

from cli import Run, alembic_ci
from environments import CURRENT, OLDER, environment
from template_projects import SOUND, initialised

_SQLITE = {"DEV_DATABASE_URL": "sqlite:///dev.db"}


def test_the_projects_own_virtual_environment_is_found(tmp_path: Path) -> None:
    folder = initialised(OLDER.interpreter(), "generic", tmp_path / "repository" / "app", *SOUND)
    repository = folder.parent
    (repository / ".git").mkdir()
    (repository / ".venv").symlink_to(OLDER.interpreter().parent.parent)
    (tmp_path / ".venv").symlink_to(CURRENT.interpreter().parent.parent)  # somebody else's

    found = _versions(folder)
    (repository / ".venv").unlink()
    ours = _versions(folder)

    assert found == ("1.13.3", "1.4.54")
    assert ours == (alembic.__version__, sqlalchemy.__version__)


def test_a_dead_virtual_environment_is_passed_over(tmp_path: Path) -> None:
    folder = initialised(OLDER.interpreter(), "generic", tmp_path, *SOUND)
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "pyvenv.cfg").write_text("home = /only/on/the/host\n")
    (folder / ".venv" / "bin" / "python").symlink_to("/only/on/the/host/python")

    assert _versions(folder) == (alembic.__version__, sqlalchemy.__version__)


@pytest.mark.parametrize("command", ["status", "upgrade"])
def test_the_process_started_ahead_is_the_only_one(command: str, tmp_path: Path) -> None:
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path, *SOUND)
    counting = folder / "counting"
    counting.write_text(
        f'#!/bin/sh\necho "$@" >> {folder}/started\nexec {CURRENT.interpreter()} "$@"\n'
    )
    counting.chmod(0o755)

    run = alembic_ci(command, f"--python={counting}", directory=folder, variables=_SQLITE)

    assert run.exit_code == 0, run.everything
    assert (folder / "started").read_text().count("worker/__main__.py") == 1


@pytest.mark.parametrize("form", ["interpreter", "folder", "relative"])
def test_python_names_an_interpreter_or_the_folder_of_its_environment(
    form: str, tmp_path: Path
) -> None:
    folder = initialised(OLDER.interpreter(), "generic", tmp_path, *SOUND)
    (folder / "pinned").symlink_to(OLDER.interpreter().parent.parent)
    (folder / ".venv").symlink_to(CURRENT.interpreter().parent.parent)
    given = {
        "interpreter": str(OLDER.interpreter()),
        "folder": str(folder / "pinned"),
        "relative": "pinned/bin/python",
    }

    assert _versions(folder, f"--python={given[form]}") == ("1.13.3", "1.4.54")


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ("no/such/python", "no such interpreter"),
        ("alembic.ini", "cannot be executed"),
        ("foreign", "cannot be started"),
    ],
)
def test_what_is_no_interpreter_is_a_wrong_setting(choice: str, said: str, tmp_path: Path) -> None:
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path, *SOUND)
    (folder / "foreign").write_bytes(b"\x7fELF of another processor")
    (folder / "foreign").chmod(0o755)

    run = _status(folder, f"--python={choice}")

    assert run.exit_code == 2
    assert said in run.everything
    assert "Traceback" not in run.everything


def test_an_interpreter_without_alembic_is_named(tmp_path: Path) -> None:
    folder = initialised(CURRENT.interpreter(), "generic", tmp_path, *SOUND)

    run = _status(folder, f"--python={environment('greenlet')}")

    assert run.exit_code == 2
    assert "No module named 'alembic'" in run.everything
    assert "--python" in run.everything
    assert "Traceback" not in run.everything


def _status(folder: Path, *arguments: str) -> Run:
    return alembic_ci("status", *arguments, directory=folder, variables=_SQLITE)


def _versions(folder: Path, *arguments: str) -> tuple[str, str]:
    """Return the versions of Alembic and SQLAlchemy that a run reports."""
    run = _status(folder, *arguments)
    assert run.exit_code == 0, run.everything
    return run.report["project"]["alembic"], run.report["project"]["sqlalchemy"]
