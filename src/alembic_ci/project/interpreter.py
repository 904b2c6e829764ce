"""Choose the interpreter that can import the project's env.py."""

import os
import shutil
import sys
from pathlib import Path

from alembic_ci.errors import SettingsError

_VIRTUAL_ENVIRONMENTS = (".venv", "venv")


def interpreter(choice: str, directory: Path) -> Path:
    """Return *choice* if given, else the project's ``.venv``, else our own.

    *choice* is a path (relative to *directory*), a folder of a virtual environment, or a command
    on the PATH. A virtual environment whose interpreter does not exist on this machine (made on
    the host, mounted into a container) is passed over.
    """
    if choice:
        return _chosen(choice, directory)
    return virtual_environment(directory) or Path(sys.executable)


def virtual_environment(directory: Path) -> Path | None:
    """Return the interpreter of the ``.venv`` of the project, or of its repository around it."""
    for folder in (directory, *directory.parents):
        for name in _VIRTUAL_ENVIRONMENTS:
            candidate = folder / name / "bin" / "python"
            if candidate.exists() and (folder / name / "pyvenv.cfg").exists():
                return candidate
        if (folder / ".git").exists():
            break
    return None


def _chosen(choice: str, directory: Path) -> Path:
    path = directory / Path(choice).expanduser()
    if path.is_dir():
        path = path / "bin" / "python"
    if path.is_file() and os.access(path, os.X_OK):
        return path
    found = shutil.which(choice)
    if found:
        return Path(found)
    kind = "this file cannot be executed" if path.is_file() else "there is no such interpreter"
    raise SettingsError(
        f"--python {choice}: {kind}.",
        remedy="Give a path to python, a virtual environment's folder, or a command on the PATH.",
    )
