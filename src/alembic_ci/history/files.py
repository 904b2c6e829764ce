"""The files that Alembic would load from the version locations, in its order."""

import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from alembic_ci.errors import HistoryError
from alembic_ci.history.parsing import parsed
from alembic_ci.history.revision import Revision, relative

_SOURCE = re.compile(r"(?!\.\#|__init__)(.*\.py)$")  # the same names as alembic.script.base takes
_COMPILED = re.compile(r"(?!\.\#|__init__)(.*)\.py[co]$")


class Versions(Protocol):
    """Where the revision files are; a project is one."""

    @property
    def directory(self) -> Path:
        """The folder that file names in errors are relative to."""

    @property
    def version_locations(self) -> tuple[Path, ...]:
        """Folders with revision files; those that do not exist hold none."""

    @property
    def recursive(self) -> bool:
        """Whether sub-folders are searched."""

    @property
    def sourceless(self) -> bool:
        """Whether Alembic would load compiled files that have no source."""


def revisions(versions: Versions) -> Iterator[Revision]:
    """Parse every revision file.

    Raises:
        HistoryError: a file cannot be read or is not a revision.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the parser warns of "\d" and the like in foreign code
        for path in _files(versions):
            shown = relative(path, versions.directory)
            yield parsed(_read(path, shown), path, shown)


def _files(versions: Versions) -> Iterator[Path]:
    """Yield each source file once, however many links lead to it."""
    seen: set[Path] = set()
    for folder in versions.version_locations:
        for path, real in _listed(folder, recursive=versions.recursive):
            if real in seen:
                continue
            seen.add(real)
            if versions.sourceless:
                _refuse_compiled(real, relative(path, versions.directory))
            if _SOURCE.match(real.name):
                yield path


def _listed(folder: Path, *, recursive: bool) -> Iterator[tuple[Path, Path]]:
    """Yield each file, and where it really lies."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        if not root.endswith("__pycache__"):
            place, real = Path(root), Path(root).resolve()
            for name in sorted(names):
                path = place / name
                yield path, path.resolve() if path.is_symlink() else real / name
        if not recursive:
            return


def _read(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise HistoryError(
            f"{shown} cannot be read: {error.strerror}.",
            remedy="Check the file, its permissions and where the link leads.",
        ) from error


def _refuse_compiled(path: Path, shown: str) -> None:
    """Stop at a compiled file that Alembic would load and nobody can read."""
    match = _COMPILED.match(path.name)
    if match and not path.with_name(f"{match[1]}.py").exists():
        raise HistoryError(
            f"{shown} is a compiled revision without its source.",
            meaning="The option `sourceless` lets Alembic load it, but nothing can be read from "
            "it without running it.",
            remedy="Keep the .py files beside the compiled ones where alembic-ci runs.",
        )
