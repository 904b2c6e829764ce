"""Scratch databases of SQLite: files in a folder of this run."""

import contextlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from alembic_ci.database.drivers import harmless_query
from alembic_ci.database.leftovers import FILES_PREFIX, remove_old_files, scratch_name
from alembic_ci.database.private_home import quick_folder
from alembic_ci.urls import DatabaseURL

_BESIDE = ("-journal", "-wal")  # https://www.sqlite.org/tempfiles.html


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLiteFiles:
    """Makes databases in a folder that only this user can enter."""

    keeps_at_once: ClassVar[bool] = True
    others: ClassVar[tuple[str, ...]] = ()
    description: str
    folder: Path
    project: DatabaseURL

    def create(self) -> DatabaseURL:
        """Make an empty file, which is an empty database."""
        path = self.folder / f"{scratch_name(time.time())}.db"
        path.touch(mode=0o600)
        query = harmless_query(self.project)
        return replace(self.project, database=str(path), query=query, written="")

    @contextlib.contextmanager
    def apart(self) -> Iterator[Self]:
        """Yield the folder: all that is in it is removed together."""
        yield self

    def drop(self, url: DatabaseURL) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for path in self.folder.glob(f"{Path(url.database or '').name}*"):
            path.unlink(missing_ok=True)

    def recreate(self, url: DatabaseURL) -> None:
        """Make a database empty again, under the same name."""
        self.drop(url)
        Path(url.database or "").touch(mode=0o600)

    def keep(self, url: DatabaseURL, name: str) -> bool:
        """Copy the database as its last transaction left it, whoever has it open.

        Where that is all in one file, which nobody is writing to, the file is copied.
        """
        path, kept = Path(url.database or ""), self._kept(url, name)
        kept.unlink(missing_ok=True)
        if any(path.with_name(path.name + suffix).exists() for suffix in _BESIDE):
            _copy(path, kept)
        else:
            shutil.copyfile(path, kept)
        return True

    def restore(self, url: DatabaseURL, name: str) -> bool:
        """Write the copy over the database; where a lock forbids that, put it in its place."""
        path = Path(url.database or "")
        try:
            _copy(self._kept(url, name), path)
        except sqlite3.OperationalError:
            self.drop(url)
            _copy(self._kept(url, name), path)
        return True

    def _kept(self, url: DatabaseURL, name: str) -> Path:
        """Return where the copy is; no name of a scratch database begins like this."""
        return self.folder / f"kept-{name}-{Path(url.database or '').name}"


def _copy(source: Path, target: Path) -> None:
    """Copy a database by SQLite's own means, so that neither journal nor log is missed.

    https://www.sqlite.org/backup.html
    """
    with (
        contextlib.closing(sqlite3.connect(source)) as old,
        contextlib.closing(sqlite3.connect(target)) as new,
    ):
        old.backup(new)


@contextlib.contextmanager
def sqlite_files(project: DatabaseURL) -> Iterator[SQLiteFiles]:
    """Make a folder for scratch files, and remove it with all that is in it."""
    place = quick_folder()
    remove_old_files(place, now=time.time())
    with tempfile.TemporaryDirectory(
        prefix=FILES_PREFIX, dir=place, ignore_cleanup_errors=True
    ) as folder:
        yield SQLiteFiles(
            description=f"a temporary file (SQLite {sqlite3.sqlite_version})",
            folder=Path(folder),
            project=project,
        )
