"""A database server of our own, on this machine, gone when the tool is."""

import contextlib
import functools
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.private_home import PID_FILE, Home, PrivateServerError, last_lines
from alembic_ci.errors import AlembicCIError, Interrupted
from alembic_ci.urls import DatabaseURL

HOST = "127.0.0.1"

_LOG_FILE = "server.log"
_START_TIMEOUT = 60.0  # seconds
_STOP_TIMEOUT = 15.0
_POLL = 0.02
_ATTEMPTS = 3  # another process may take the port we chose
# Waits until the tool says that it needs no guard any more, or is gone: the kernel closes the pipe
# however the tool dies. Then ends the server and removes its folder.
_GUARD = """
read -r word && exit 0
kill -s "$1" "$2"
for _ in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$2" || break; sleep 0.1; done
kill -s KILL "$2"
rm -rf "$3"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How to start a server in its home: the command for a port, and the URL it then answers at."""

    home: Home
    command: Callable[[int], Sequence[str | Path]]
    url: Callable[[int], DatabaseURL]
    stop_signal: signal.Signals


def new_password() -> str:
    """Return a password that needs no quoting anywhere."""
    return secrets.token_hex(16)


@contextlib.contextmanager
def running(launch: Launch) -> Iterator[DatabaseURL]:
    """Run a server, and yield its URL when it answers.

    Raises:
        PrivateServerError: It ended or did not answer; the text has the end of its log.
    """
    for _ in range(_ATTEMPTS):
        url = launch.url(port := free_port())
        with _guarded(launch, port) as server:
            if _answers(server, url):
                yield url
                return
            if server.poll() is None:
                break  # it runs, but not for us
    log = (launch.home.path / _LOG_FILE).read_bytes()
    raise PrivateServerError(f"the server did not start: {last_lines(log)}")


@contextlib.contextmanager
def _guarded(launch: Launch, port: int) -> Iterator[subprocess.Popen[bytes]]:
    home = launch.home
    with (home.path / _LOG_FILE).open("wb") as log:
        server = home.start(launch.command(port), stdin=subprocess.DEVNULL, output=log)
    stopped = functools.partial(_stopped, server, launch.stop_signal)
    # The guard goes last, and the server also when there is no guard yet.
    with stopped(), _watched(launch, server), stopped():
        (home.path / PID_FILE).write_text(str(server.pid), encoding="ascii")
        yield server


@contextlib.contextmanager
def _stopped(server: subprocess.Popen[bytes], stop_signal: signal.Signals) -> Iterator[None]:
    """Stop the server in the end; a signal to us in the middle of that makes us begin again."""
    try:
        yield
    finally:
        try:
            _stop(server, stop_signal)
        except Interrupted:
            _stop(server, stop_signal)
            raise


@contextlib.contextmanager
def _watched(launch: Launch, server: subprocess.Popen[bytes]) -> Iterator[None]:
    """Have the guard look after the server until we stop it ourselves."""
    number = _name(launch.stop_signal)
    guard = launch.home.start(
        ("/bin/sh", "-c", _GUARD, "sh", number, str(server.pid), launch.home.path),
        stdin=subprocess.PIPE,
        output=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            guard.communicate(b"done\n", timeout=_STOP_TIMEOUT)


def _stop(server: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    server.send_signal(stop_signal)
    try:
        server.wait(timeout=_STOP_TIMEOUT)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _name(number: signal.Signals) -> str:
    return number.name.removeprefix("SIG")


def _answers(server: subprocess.Popen[bytes], url: DatabaseURL) -> bool:
    """Wait until the server lets us in; false when it ended before, or was never ready."""
    deadline = time.monotonic() + _START_TIMEOUT
    while server.poll() is None and time.monotonic() < deadline:
        try:
            Control.open(url, timeout=0).close()
        except AlembicCIError:
            time.sleep(_POLL)
        else:
            return True
    return False


def free_port() -> int:
    """Return a port nobody has now; somebody may a moment later."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
