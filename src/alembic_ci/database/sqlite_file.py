"""SQLite files: opened without ever creating one by looking."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, unquote

from alembic_ci.errors import DatabaseAccessError
from alembic_ci.urls import DatabaseURL

_LOCK_WAIT = 0.2  # seconds, in which SQLite hears no signal; whoever waits longer tries again
_STEPS = 100_000  # of SQLite's machine, a matter of milliseconds


def sqlite_path(url: DatabaseURL) -> Path:
    """Return the file a SQLite URL names, in a ``file:`` URI too."""
    name = url.database or ""
    if name.startswith("file:"):
        name = unquote(name.removeprefix("file:").partition("?")[0])
        name = name.removeprefix("//") if name.startswith("///") else name
    return Path(name)


def checked(path: Path, url: DatabaseURL) -> Path:
    """Return *path* if a database is there or could be made there."""
    folder = path.absolute().parent
    if not folder.is_dir():
        raise DatabaseAccessError(
            f"The folder of {url.location} does not exist.",
            meaning="SQLite makes the file of a new database, but not its folder.",
            remedy=f"Create {folder}, or check the path: sqlite:/// is followed by a path "
            "relative to the working directory, sqlite://// by an absolute one.",
        )
    if path.is_dir():
        raise DatabaseAccessError(
            f"{url.location} is a folder.",
            remedy="Give the path of a file.",
        )
    if not path.exists() and not os.access(folder, os.W_OK | os.X_OK):
        raise DatabaseAccessError(
            f"{url.location} does not exist and cannot be made.",
            meaning=f"The folder {folder} is read-only for this user.",
            remedy="Check the path, or mount the folder writable.",
        )
    return path


def connector(path: Path, *, create: bool) -> Callable[[], sqlite3.Connection]:
    """Return what opens *path*; where no file is and none may be made, an empty database."""
    mode = "rwc" if create else "rw"
    target = f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        if not create and not path.exists():
            return sqlite3.connect(":memory:")
        connection = sqlite3.connect(target, uri=True, timeout=_LOCK_WAIT)
        connection.set_progress_handler(_hear_signals, _STEPS)
        return connection

    return connect


def _hear_signals() -> None:
    """Do nothing: that Python is called at all is enough."""
