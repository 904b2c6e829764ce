"""SQLite: a locked file beside the database, which the kernel frees when its process ends."""

import contextlib
import fcntl
import json
import os
import socket
import time
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.locking.holder import Holder
from alembic_ci.database.sqlite_file import sqlite_path
from alembic_ci.errors import DatabaseAccessError
from alembic_ci.urls import DatabaseURL

SUFFIX = ".alembic-ci-lock"


class SQLiteLock:
    """``flock`` on ``<database>.alembic-ci-lock``; the file says who has it."""

    def __init__(self, url: DatabaseURL, job: str) -> None:
        database = sqlite_path(url)
        self._location = url.location
        self._file = Path(f"{database.resolve()}{SUFFIX}") if database.name else None
        self._job = job
        self._descriptor: int | None = None

    def attempt(self) -> bool:
        """Try it; a database in memory is nobody else's."""
        if self._file is None or self._descriptor is not None:
            return True
        descriptor = self._opened(self._file)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        if not _is_still(descriptor, self._file):  # whoever had it has removed this file
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(self._myself()).encode(), 0)
        return True

    def holder(self) -> Holder | None:
        """Read what the holder wrote."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((self._file or Path()).read_text(encoding="utf-8"))
            return Holder(
                session=f"process {said['process']}",
                client=str(said["host"]),
                seconds=time.time() - float(said["since"]),
                job=str(said["job"]),
            )
        return None

    def held(self, _: Control) -> bool:
        """Tell whether nobody has removed our file."""
        return self._file is None or (
            self._descriptor is not None and _is_still(self._descriptor, self._file)
        )

    def release(self) -> None:
        """Remove the file while it is still ours, then let go of it."""
        if self._descriptor is None or self._file is None:
            return
        if _is_still(self._descriptor, self._file):
            self._file.unlink(missing_ok=True)
        os.close(self._descriptor)
        self._descriptor = None

    def _myself(self) -> dict[str, str | int | float]:
        return {
            "process": os.getpid(),
            "host": socket.gethostname(),
            "since": time.time(),
            "job": self._job,
        }

    def _opened(self, file: Path) -> int:
        try:
            return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise DatabaseAccessError(
                f"The lock file of {self._location} cannot be made: {error.strerror}.",
                meaning=f"Of all jobs one migrates at a time: the one that has locked {file}.",
                remedy="Make the folder of the database writable; SQLite's own journal needs that "
                "as well.",
            ) from error


def _is_still(descriptor: int, file: Path) -> bool:
    try:
        found = file.stat()
    except FileNotFoundError:
        return False
    mine = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (mine.st_dev, mine.st_ino)
