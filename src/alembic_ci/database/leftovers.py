"""What dead runs left behind: scratch databases on servers, folders of private servers."""

import contextlib
import fcntl
import logging
import os
import re
import secrets
import shutil
import signal
import time
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.private_home import ALIVE_FILE, PID_FILE, PREFIX
from alembic_ci.database.quoting import quote
from alembic_ci.urls import Dialect
from alembic_ci.worker.protocol import SCRATCH

FILES_PREFIX = "alembic_ci_files_"
LONGEST_RUN = 6 * 3600.0  # seconds; what is younger may be in use by a run on another machine

_log = logging.getLogger(__name__)
_NAME = re.compile(SCRATCH + r"(\d{10})_[0-9a-f]{8}")
_YOUNG = 60.0  # seconds in which a folder may not have its lock yet
_USED_SQL = {
    Dialect.POSTGRESQL: "SELECT datname FROM pg_catalog.pg_stat_activity WHERE datname IS NOT NULL",
    Dialect.MYSQL: "SELECT db FROM information_schema.processlist WHERE db IS NOT NULL",
}
_ALL_SQL = {
    Dialect.POSTGRESQL: "SELECT datname FROM pg_catalog.pg_database",
    Dialect.MYSQL: "SELECT schema_name FROM information_schema.schemata",
}


def scratch_name(now: float) -> str:
    """Return a new database name that tells its age and cannot be guessed."""
    return f"{SCRATCH}{now:010.0f}_{secrets.token_hex(4)}"


def is_scratch(name: str) -> bool:
    """Tell whether `scratch_name` has made a name."""
    return _NAME.fullmatch(name) is not None


def drop_old_databases(control: Control, *, now: float) -> None:
    """Drop scratch databases older than any run on the server, save those somebody uses."""
    used = {row[0] for row in control.query(_USED_SQL[control.dialect])}
    for (name,) in control.query(_ALL_SQL[control.dialect]):
        found = _NAME.fullmatch(str(name))
        if not found or name in used or now - int(found[1]) < LONGEST_RUN:
            continue
        with contextlib.suppress(StatementError):
            control.execute(f"DROP DATABASE IF EXISTS {quote(control.dialect, str(name))}")
            _log.info("Dropped %s, which a dead run left behind.", name)


def remove_old_files(place: Path, *, now: float) -> None:
    """Remove folders of SQLite scratch files older than any run."""
    for folder in place.glob(f"{FILES_PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or gone by now
            if now - folder.stat().st_mtime > LONGEST_RUN:
                shutil.rmtree(folder)


def remove_dead_homes(place: Path) -> None:
    """End private servers whose tool is gone, and remove their folders."""
    for home in place.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):  # another user's, or gone by now
            if time.time() - home.stat().st_mtime > _YOUNG and _is_dead(home):
                _end_server(home)
                shutil.rmtree(home, ignore_errors=True)


def _is_dead(home: Path) -> bool:
    with (home / ALIVE_FILE).open("rb") as alive:
        try:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _end_server(home: Path) -> None:
    """Kill the process that the folder names, if it is still the one that works there."""
    with contextlib.suppress(OSError, ValueError):
        pid = int((home / PID_FILE).read_text(encoding="ascii"))
        if home.name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
