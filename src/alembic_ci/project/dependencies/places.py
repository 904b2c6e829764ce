"""Folders for installed environments: outside every workspace, ours alone, used again."""

import fcntl
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.errors import SettingsError

_COMPLETE = "alembic-ci-complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One environment's folder; *complete* tells that an earlier run has finished it."""

    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter in it."""
        return self.folder / "bin" / "python"

    @property
    def complete(self) -> bool:
        """Tell whether everything was installed, and the interpreter is still there."""
        return (self.folder / _COMPLETE).exists() and self.python.exists()

    def finish(self) -> None:
        """Note that everything is installed."""
        (self.folder / _COMPLETE).touch()

    def empty(self) -> None:
        """Take away what a run that did not finish has left."""
        shutil.rmtree(self.folder, ignore_errors=True)


def place(parts: Iterable[bytes]) -> Place:
    """Return the place of the environment that *parts*, all that decides its content, lead to."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return Place(folder=_home() / f"environment-{digest.hexdigest()[:16]}")


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Let one process install into a place while others wait for it."""
    with place.folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _home() -> Path:
    """Return a folder that nobody else can have put anything into."""
    folder = Path(tempfile.gettempdir()) / f"alembic-ci-{os.geteuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise SettingsError(
            f"{folder} cannot be made: {error.strerror}.",
            meaning="The project's dependencies are installed there.",
            remedy="Give the container a /tmp that may be written to (--tmpfs /tmp:exec), or set "
            "TMPDIR.",
        ) from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise SettingsError(
            f"{folder} belongs to somebody else.",
            meaning="The project's dependencies are installed there, and code from there is run.",
            remedy="Remove it, or set TMPDIR to another folder.",
        )
    return folder
