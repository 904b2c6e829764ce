"""Runs of alembic-ci that find everything imported already, which is half of what a run costs.

Beside pytest there is one process that has imported the tool and done nothing with it. Each run is
a fork of it, with arguments, process variables, a folder and streams of its own: a process like
any other from there on. Only variables that Python itself reads when it starts come too late.
"""

import atexit
import functools
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import NoReturn

import alembic_ci
from alembic_ci.cli import main

# What the tool imports of others when it gets there.
_OTHERS = (
    "jinja2",
    "psycopg2",
    "pymysql",
    "sqlalchemy.dialects.mysql",
    "sqlalchemy.dialects.postgresql",
    "sqlalchemy.dialects.sqlite",
)
_ORDER_SIZE = 100_000  # bytes; the kernel takes twice as much in one message


def warm_run(
    arguments: Sequence[str], *, directory: Path, variables: Mapping[str, str], timeout: float
) -> tuple[int, str, str]:
    """Run alembic-ci in a fork; return its exit code, negative after a signal, and its streams."""
    order = json.dumps([list(arguments), str(directory), dict(variables), timeout]).encode()
    assert len(order) <= _ORDER_SIZE
    pipes = [os.pipe() for _ in range(3)]
    socket.send_fds(_door(), [order], [written for _, written in pipes])
    for _, written in pipes:
        os.close(written)
    readers = [_Reader(read) for read, _ in pipes]
    for reader in readers:
        reader.join(timeout)
        if reader.is_alive():
            raise TimeoutError(f"{list(arguments)} in {directory} took more than {timeout} s")
    stdout, stderr, exit_code = (reader.text for reader in readers)
    return int(exit_code), stdout, stderr


class _Reader(Thread):
    """Reads a pipe to its end."""

    def __init__(self, descriptor: int) -> None:
        super().__init__(daemon=True)
        self._descriptor = descriptor
        self.text = ""
        self.start()

    def run(self) -> None:
        with os.fdopen(self._descriptor, encoding="utf-8") as stream:
            self.text = stream.read()


@functools.cache
def _door() -> socket.socket:
    """Start the process that is warm, and return the way to it; it ends when that is closed."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-P", __file__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env={k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
            pass_fds=[theirs.fileno()],
        )
    atexit.register(process.wait)
    atexit.register(ours.close)
    return ours


def _serve(door: socket.socket) -> int:
    """Fork for every order; return the exit code of this process, or of the run it has become."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for runs
    while True:
        order, descriptors, _, _ = socket.recv_fds(door, _ORDER_SIZE, 3)
        if not order:
            return 0
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            door.close()
            return _run(*json.loads(order), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)


def _run(
    arguments: list[str],
    directory: str,
    variables: dict[str, str],
    timeout: float,
    *descriptors: int,
) -> int:
    stdout, stderr, fate = descriptors
    run = os.fork()
    if run:
        os.close(stdout)
        os.close(stderr)
        _await(run, timeout, fate)
    os.close(fate)
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.closerange(3, max(descriptors) + 1)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(variables)
    sys.argv = ["alembic-ci", *arguments]
    return main()


def _await(run: int, timeout: float, fate: int) -> NoReturn:
    """Tell how a run ended, and end; one that takes too long is killed."""
    signal.signal(signal.SIGALRM, lambda *_: os.kill(run, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, timeout)
    _, status = os.waitpid(run, 0)
    os.write(fate, str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _ours() -> Iterator[str]:
    for module in pkgutil.walk_packages(alembic_ci.__path__, "alembic_ci."):
        if not module.name.startswith("alembic_ci.worker") and "__main__" not in module.name:
            yield module.name


if __name__ == "__main__":
    for name in (*_OTHERS, *_ours()):
        importlib.import_module(name)
    sys.exit(_serve(socket.socket(fileno=int(sys.argv[1]))))
