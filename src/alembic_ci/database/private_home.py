"""The throw-away folder of a private database server, and the user it runs as."""

import contextlib
import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

from alembic_ci.errors import Interrupted

PREFIX = "alembic_ci_server_"
DEFAULT_USER = "alembic_ci"
ALIVE_FILE = "alive"  # locked as long as the tool lives
PID_FILE = "tool.pid"  # the server's process id, as we know it

_MEMORY_DISK = Path("/dev/shm")  # noqa: S108 - only ever used through mkdtemp
_ROOM_NEEDED = 256 * 1024 * 1024  # bytes
_LOG_LINES = 3
# Nothing of the tool's own environment, which holds secrets.
_VARIABLES: Mapping[str, str] = MappingProxyType({"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"})


class PrivateServerError(Exception):
    """No private server could be started; the text is a clause that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A folder and who owns it: *uid* and *gid* are None unless we are root and it must not be."""

    path: Path
    uid: int | None
    gid: int | None

    def start(
        self, command: Sequence[str | Path], *, stdin: int, output: int | IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start a process as the folder's owner, out of reach of the terminal's signals.

        Raises:
            PrivateServerError: The program cannot be run.
        """
        try:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.path,
                env={**_VARIABLES, **self._name_of_the_nameless()},
                start_new_session=True,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        except OSError as error:  # a program in a folder that the owner may not enter
            raise PrivateServerError(f"{command[0]} cannot be started: {error.strerror}") from error

    def _name_of_the_nameless(self) -> Mapping[str, str]:
        """Return the variables that give a name to a user of whom the machine knows none.

        Containers may run as any uid, and initdb refuses one that is not in the passwd database;
        see nss_wrapper(1).
        """
        if self.uid is not None or not (library := _wrapper()):
            return {}
        uid, gid = os.geteuid(), os.getegid()
        passwd = self.write("passwd", f"{DEFAULT_USER}:x:{uid}:{gid}::{self.path}:/bin/sh\n")
        group = self.write("group", f"{DEFAULT_USER}:x:{gid}:\n")
        return {
            "LD_PRELOAD": str(library),
            "NSS_WRAPPER_PASSWD": str(passwd),
            "NSS_WRAPPER_GROUP": str(group),
        }

    def run(self, command: Sequence[str | Path]) -> None:
        """Run a set-up command to its end.

        Raises:
            PrivateServerError: It failed; the text has the last lines of what it printed.
        """
        process = self.start(command, stdin=subprocess.DEVNULL, output=subprocess.PIPE)
        try:
            printed, _ = process.communicate()
        except Interrupted:
            process.kill()
            raise
        if process.returncode:
            raise PrivateServerError(f"{Path(command[0]).name} failed: {last_lines(printed)}")

    def write(self, name: str, text: str) -> Path:
        """Write a file that only the folder's owner can read."""
        file = self.path / name
        file.touch(mode=0o600)
        file.write_text(text, encoding="utf-8")
        self._give(file)
        return file

    def _give(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


@contextlib.contextmanager
def private_home(*users: str) -> Iterator[Home]:
    """Make a folder for a server, owned by the first of *users* this machine has if we are root.

    Its ``alive`` file stays locked for as long as this process lives and uses it.
    """
    uid, gid = _owner(users)
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=quick_folder()))
    home = Home(path=path, uid=uid, gid=gid)
    try:
        with (path / ALIVE_FILE).open("wb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
            home._give(path)  # noqa: SLF001 - our own dataclass
            yield home
    finally:
        shutil.rmtree(path, ignore_errors=True)


def quick_folder() -> Path:
    """Return where temporary databases live: in memory if there is room, else on disk."""
    with contextlib.suppress(OSError):
        free = shutil.disk_usage(_MEMORY_DISK).free
        if free >= _ROOM_NEEDED and os.access(_MEMORY_DISK, os.W_OK | os.X_OK):
            return _MEMORY_DISK
    return Path(tempfile.gettempdir())


def last_lines(printed: bytes) -> str:
    """Return the end of a log as one line; of MySQL's and MariaDB's, the errors."""
    lines = printed.decode(errors="replace").strip().splitlines()
    lines = [line for line in lines if "[ERROR]" in line] or lines
    return " / ".join(line.strip() for line in lines[-_LOG_LINES:]) or "it printed nothing"


def _owner(users: Sequence[str]) -> tuple[int | None, int | None]:
    """Database servers refuse to run as root, so root lends them another user."""
    if os.geteuid() != 0:
        return None, None
    for user in (*users, "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(user)
            return entry.pw_uid, entry.pw_gid
    raise PrivateServerError("this runs as root and the machine has no user for a server")


def _wrapper() -> Path | None:
    """Return nss_wrapper's library where it is needed: this user has no name, and it is here."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return next(Path("/usr/lib").glob("*/libnss_wrapper.so"), None)
    return None
