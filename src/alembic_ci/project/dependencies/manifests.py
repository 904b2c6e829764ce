"""Where a project says what it depends on; nothing is imported or run to find out."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic_ci.errors import SettingsError

_UV_LOCK, _PYPROJECT = "uv.lock", "pyproject.toml"
_REQUIREMENTS = "requirements.txt"
_LEGACY = ("setup.cfg", "setup.py")


class Kind(StrEnum):
    """What kind of file it is, in the order in which the first one found counts."""

    UV = "uv.lock"
    PYLOCK = "pylock.toml"
    POETRY = "poetry.lock"
    PIPENV = "Pipfile.lock"
    REQUIREMENTS = "requirements.txt"
    METADATA = "pyproject.toml"  # or setup.cfg, setup.py: what is needed, but no versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One file that counts; *directory* is where the tool that reads it is started."""

    kind: Kind
    file: Path
    directory: Path


def manifest(directory: Path) -> Manifest | None:
    """Return what counts for the project in *directory*, looking upwards to its repository's root.

    A lock file of a uv workspace counts for its members, whose folders hold a pyproject.toml only.

    Raises:
        SettingsError: there are several requirements files, and none is the obvious one.
    """
    for folder in _upwards(directory):
        found = _in(folder)
        if found and found.kind is Kind.METADATA:
            return _of_workspace(folder) or found
        if found:
            return found
    return None


def _upwards(directory: Path) -> Iterator[Path]:
    for folder in (directory, *directory.parents):
        yield folder
        if (folder / ".git").exists():
            return


def _in(folder: Path) -> Manifest | None:
    for kind in (Kind.UV, Kind.PYLOCK, Kind.POETRY, Kind.PIPENV):
        file = folder / kind.value
        if file.is_file():
            return Manifest(kind=kind, file=file, directory=folder)
    requirements = _requirements(folder)
    if requirements:
        return Manifest(kind=Kind.REQUIREMENTS, file=requirements, directory=folder)
    metadata = _metadata(folder)
    if metadata:
        return Manifest(kind=Kind.METADATA, file=metadata, directory=folder)
    return None


def _requirements(folder: Path) -> Path | None:
    file = folder / _REQUIREMENTS
    if file.is_file():
        return file
    found = sorted(folder.glob("requirements*.txt"))
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise SettingsError(
            f"{folder} has several requirements files and no {_REQUIREMENTS}: {names}.",
            meaning="Which of them env.py and the models need cannot be guessed.",
            remedy=f'Name it: --install "uv pip install -r {found[0].name}".',
        )
    return found[0] if found else None


def _metadata(folder: Path) -> Path | None:
    table = _table(folder / _PYPROJECT)
    tool = table.get("tool")
    if "project" in table or (isinstance(tool, Mapping) and "poetry" in tool):
        return folder / _PYPROJECT
    return next((folder / name for name in _LEGACY if (folder / name).is_file()), None)


def _of_workspace(member: Path) -> Manifest | None:
    """Return the lock file of the uv workspace around *member*, if it is in one."""
    for folder in _upwards(member):
        if (folder / _UV_LOCK).is_file() and _is_workspace(_table(folder / _PYPROJECT)):
            return Manifest(kind=Kind.UV, file=folder / _UV_LOCK, directory=member)
    return None


def _is_workspace(table: Mapping[str, object]) -> bool:
    tool = table.get("tool")
    uv = tool.get("uv") if isinstance(tool, Mapping) else None
    return isinstance(uv, Mapping) and "workspace" in uv


def _table(file: Path) -> Mapping[str, object]:
    """Return the content of a TOML file; one that cannot be read is reported by its own tool."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
