"""MySQL itself, which Debian's stable suites do not have.

It comes from the unstable suite, with the libraries it needs, into a folder that is kept, and runs
from there.
"""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.private_home import PrivateServerError
from alembic_ci.errors import DatabaseUnreachableError
from alembic_ci.urls import DatabaseURL
from environments import CACHE, locked

_SUITE = "sid"
_MIRROR = "http://deb.debian.org/debian"
_PASSWORD = "example"
_ACCOUNT = f"""\
CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '{_PASSWORD}';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
"""
_START_SECONDS = 120.0


@contextmanager
def real_mysql() -> Iterator[DatabaseURL]:
    """Start a server, and yield the URL of its administrator.

    Raises:
        PrivateServerError: The packages cannot be unpacked, for which one has to be root, or the
            server does not start.
    """
    root = _root()
    data = Path(tempfile.mkdtemp(prefix="mysql-", dir=root / "var/tmp"))
    try:
        (data / "accounts.sql").write_text(_ACCOUNT)
        inside = "/" + str(data.relative_to(root))
        _mysqld(root, "--initialize-insecure", f"--datadir={inside}/data").wait(_START_SECONDS)
        port = _free_port()
        server = _mysqld(
            root,
            f"--datadir={inside}/data",
            f"--init-file={inside}/accounts.sql",
            f"--socket={inside}/socket",
            f"--pid-file={inside}/pid",
            f"--port={port}",
            "--bind-address=127.0.0.1",
            "--mysqlx=OFF",
            "--skip-log-bin",
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-buffer-pool-size=64M",
        )
        try:
            yield _awaited(server, port)
        finally:
            server.terminate()
            server.wait(_START_SECONDS)
    finally:
        shutil.rmtree(data)


@contextmanager
def mysql_programs() -> Iterator[Path]:
    """Yield a folder with the server program, for the PATH of any user, who may lack its folders.

    Raises:
        PrivateServerError: The packages cannot be unpacked, for which one has to be root.
    """
    root = _root()
    listed = subprocess.check_output(("chroot", str(root), "ldd", "/usr/sbin/mysqld"), text=True)
    files = [Path(name) for name in re.findall(r"/\S+", listed)]
    with tempfile.TemporaryDirectory(prefix="mysql-programs-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        parts = folder / "parts"
        parts.mkdir()
        for file in (*files, Path("/usr/sbin/mysqld")):
            shutil.copy(root / file.relative_to("/"), parts / file.name)
        loader = next(parts / file.name for file in files if file.name.startswith("ld-"))
        start = folder / "mysqld"
        start.write_text(
            f'#!/bin/sh\nexec {loader} --library-path {parts} {parts / "mysqld"} "$@"\n'
        )
        start.chmod(0o755)
        yield folder


def _root() -> Path:
    """Return the folder with the packages, unpacked once a machine; that takes some minutes."""
    folder = CACHE / f"mysql-{_SUITE}"
    with locked(folder):
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            command = ("debootstrap", "--variant=minbase", "--include=mysql-server-core")
            done = subprocess.run(
                (*command, _SUITE, str(folder), _MIRROR),
                check=False,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            if done.returncode:
                raise PrivateServerError(f"debootstrap cannot unpack MySQL: {done.stdout[-3000:]}")
            (folder / "var/lib/mysql-files").mkdir(parents=True, exist_ok=True)
            (folder / "complete").touch()
    return folder


def _mysqld(root: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    command = ("chroot", str(root), "/usr/sbin/mysqld", "--no-defaults", "--user=root")
    return subprocess.Popen((*command, *arguments), stdout=subprocess.DEVNULL, stderr=None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _awaited(server: "subprocess.Popen[bytes]", port: int) -> DatabaseURL:
    url = DatabaseURL(
        drivername="mysql+pymysql",
        username="root",
        password=_PASSWORD,
        host="127.0.0.1",
        port=port,
        database="mysql",
    )
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with Control.open(url, timeout=1):
                return url
        except DatabaseUnreachableError:
            time.sleep(0.2)
    raise PrivateServerError("The MySQL server did not start; what it said stands above.")
