"""A private PostgreSQL server: no durability, no guests."""

import contextlib
import re
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

from alembic_ci.database.binaries import folders, program
from alembic_ci.database.private_home import DEFAULT_USER, Home, PrivateServerError, private_home
from alembic_ci.database.private_server import HOST, Launch, new_password, running
from alembic_ci.urls import DatabaseURL

_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # the PostgreSQL project's RPMs
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
)
_SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "autovacuum=off",
    "checkpoint_timeout=1h",
    "max_wal_size=4GB",
    "shared_buffers=64MB",
    "max_connections=100",
    "max_locks_per_transaction=256",  # one transaction may touch a thousand tables
    "max_parallel_workers_per_gather=0",
    "dynamic_shared_memory_type=mmap",  # in our folder, so it goes with it
    "jit=off",
    f"listen_addresses={HOST}",  # some drivers know no sockets
)


@contextlib.contextmanager
def private_postgresql(*, user: str = DEFAULT_USER, major: str = "") -> Iterator[DatabaseURL]:
    """Run a PostgreSQL server of version *major* if it is here, else of the newest that is.

    Yields the URL of its superuser *user*, so that grants to this name work.

    Raises:
        PrivateServerError: No binaries, or they do not start.
    """
    bin_folder = _bin_folder(major)
    user = user if re.fullmatch(r"(?!pg_)[\w.-]{1,63}", user) else DEFAULT_USER
    password = new_password()
    with private_home("postgres") as home:
        data = _initialise(home, bin_folder, user, password)
        launch = Launch(
            home=home,
            command=lambda port: _command(bin_folder / "postgres", data, home.path, port),
            url=lambda port: _url(user, password, port),
            stop_signal=signal.SIGQUIT,  # at once: nothing in it is worth a checkpoint
        )
        with running(launch) as url:
            yield url


def _bin_folder(major: str) -> Path:
    found = [
        folder
        for folder in folders(*_FOLDERS)
        if program("initdb", [folder]) and program("postgres", [folder])
    ]
    if not found:
        raise PrivateServerError("no PostgreSQL server is installed on this machine")
    same = [folder for folder in found if major in re.findall(r"\d+", str(folder))]
    return (same or found)[0]


def _initialise(home: Home, bin_folder: Path, user: str, password: str) -> Path:
    data = home.path / "data"
    home.run(
        (
            bin_folder / "initdb",
            f"--pgdata={data}",
            f"--username={user}",
            f"--pwfile={home.write('password', password)}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "-N",  # no fsync
        )
    )
    return data


def _command(postgres: Path, data: Path, socket_folder: Path, port: int) -> Sequence[str | Path]:
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    return (postgres, "-D", data, "-k", socket_folder, "-p", str(port), *settings)


def _url(user: str, password: str, port: int) -> DatabaseURL:
    return DatabaseURL(
        drivername="postgresql",
        username=user,
        password=password,
        host=HOST,
        port=port,
        database="postgres",
    )
