"""Find the files that configure Alembic: alembic.ini, ``[tool.alembic]`` in pyproject.toml."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.errors import ProjectError
from alembic_ci.project.toml_table import has_alembic_table

_INI, _TOML = "alembic.ini", "pyproject.toml"
_DEPTH = 3
_FOREIGN = {"node_modules", "site-packages", "dist-packages", "build", "dist"}
_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """The files in force; Alembic asks *ini* first. *directory* is where it is called from."""

    directory: Path
    ini: Path | None
    toml: Path | None


def config_files(directory: Path, chosen: Path | None) -> ConfigFiles:
    """Return the files that Alembic would read if called from *directory* with ``-c chosen``.

    When the folder itself has none, a project below it is taken, if there is exactly one.

    Raises:
        ProjectError: the chosen file is not there, or none or several projects were found.
    """
    if not directory.is_dir():
        raise ProjectError(
            f"The working directory {directory} does not exist or is not a folder.",
            remedy="Correct --working-directory; in CI, check that the repository is checked out "
            "before this step.",
        )
    if chosen:
        return _chosen(directory, directory / chosen)
    return _inside(directory) or _below(directory)


def _chosen(directory: Path, file: Path) -> ConfigFiles:
    """Combine the chosen file with the other kind's file of *directory*, as Alembic does."""
    if not file.is_file():
        raise ProjectError(
            f"--config: there is no file {file}.",
            remedy="Give the path of alembic.ini or pyproject.toml, relative to the working "
            f"directory {directory}.",
        )
    if file.name != _TOML:
        return ConfigFiles(directory=directory, ini=file, toml=_toml(directory))
    if not has_alembic_table(file):
        raise ProjectError(
            f"--config: {file} has no [tool.alembic] table.",
            remedy="Give the file that configures Alembic, or add the table (`alembic init "
            "--template pyproject` shows one).",
        )
    return ConfigFiles(directory=directory, ini=_ini(directory), toml=file)


def _inside(directory: Path) -> ConfigFiles | None:
    ini, toml = _ini(directory), _toml(directory)
    return ConfigFiles(directory=directory, ini=ini, toml=toml) if ini or toml else None


def _ini(directory: Path) -> Path | None:
    file = directory / _INI
    return file if file.is_file() else None


def _toml(directory: Path) -> Path | None:
    file = directory / _TOML
    return file if file.is_file() and has_alembic_table(file) else None


def _below(directory: Path) -> ConfigFiles:
    found = list(_projects_below(directory))
    match found:
        case [only]:
            return only
        case []:
            raise ProjectError(
                f"There is no Alembic project in {directory}.",
                meaning="Neither alembic.ini nor a pyproject.toml with a [tool.alembic] table was "
                f"found there or up to {_DEPTH} folders below.",
                remedy="Name the file with --config or its folder with --working-directory. A new "
                "project is made by `alembic init migrations`.",
            )
    listed = ", ".join(
        str(file.relative_to(directory)) for file in map(_main_file, found[:_LISTED])
    )
    more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    raise ProjectError(
        f"There are {len(found)} Alembic projects below {directory}: {listed}{more}.",
        meaning="One run of alembic-ci works on one project.",
        remedy="Choose one with --working-directory FOLDER, or with --config FILE when Alembic is "
        "called from here.",
    )


def _main_file(files: ConfigFiles) -> Path:
    return files.ini or files.toml or files.directory


def _projects_below(directory: Path) -> Iterator[ConfigFiles]:
    for root, folders, _ in os.walk(directory):
        here = Path(root)
        if len(here.relative_to(directory).parts) == _DEPTH:
            folders.clear()
        folders[:] = sorted(name for name in folders if not _is_foreign(here / name))
        if files := _inside(here):
            yield files


def _is_foreign(folder: Path) -> bool:
    """Tell whether a folder holds other people's projects: environments, caches, packages."""
    name = folder.name
    return name.startswith((".", "__")) or name in _FOREIGN or (folder / "pyvenv.cfg").exists()
