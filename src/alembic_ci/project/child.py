"""How a worker's process comes to be, and what can be asked of any child process."""

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from alembic_ci import worker
from alembic_ci.errors import SettingsError

_ROOM = 1 << 20  # bytes that a worker may be ahead of us; what Linux allows anybody
ENTRY = Path(worker.__file__).with_name("__main__.py")


class Child(Protocol):
    """A process in a session of its own; *output* is its stdout and stderr in one."""

    @property
    def pid(self) -> int:
        """The number of the process and of its group."""

    @property
    def output(self) -> IO[bytes]:
        """What it prints."""

    def poll(self) -> int | None:
        """Return the exit status, a signal as a negative number; None while it runs."""

    def wait(self, seconds: float) -> int | None:
        """Wait so long for the end, and return the status as ``poll()`` does."""


class Pipes:
    """The two pipes to a worker: ours are *asks* and *answers*, the worker's are *ends*.

    As a context it closes the worker's ends when that has them, and ours if something went wrong.
    """

    def __init__(self) -> None:
        asked_read, self.asks = os.pipe()
        self.answers, answered_write = os.pipe()
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # the system's limit, or the user's
                fcntl.fcntl(self.answers, fcntl.F_SETPIPE_SZ, _ROOM)
        self.ends = (asked_read, answered_write)

    def __enter__(self) -> Self:
        """Have them open already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close what is not used any more."""
        ours = (self.asks, self.answers) if kind else ()
        for descriptor in (*self.ends, *ours):
            os.close(descriptor)


class _Started:
    """A process that was started by the operating system from a program."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: IO[bytes]) -> None:
        self._process = process
        self.pid = process.pid
        self.output = output

    def poll(self) -> int | None:
        return self._process.poll()

    def wait(self, seconds: float) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(seconds)
        return None


def started(
    interpreter: Path,
    ends: tuple[int, int],
    *,
    directory: Path,
    variables: Mapping[str, str],
) -> Child:
    """Start a worker that talks through *ends*; raises SettingsError when that cannot be."""
    output_read, output_write = os.pipe()
    stream = os.fdopen(output_read, "rb")
    try:
        process = launched(
            [str(interpreter), str(ENTRY), *map(str, ends)],
            directory=directory,
            variables=variables,
            keep=ends,
            output=output_write,
        )
    except SettingsError:
        stream.close()
        raise
    finally:
        os.close(output_write)
    return _Started(process, stream)


def launched(
    command: list[str],
    *,
    directory: Path,
    variables: Mapping[str, str],
    keep: tuple[int, ...],
    output: int,
) -> "subprocess.Popen[bytes]":
    """Start *command* in a session of its own; the descriptors *keep* stay open in it."""
    try:
        return subprocess.Popen(
            command,
            cwd=directory,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=keep,
            start_new_session=True,
        )
    except OSError as error:
        raise SettingsError(
            f"{command[0]} cannot be started: {error.strerror}.",
            meaning="It was made for another system or processor, or its own interpreter is gone.",
            remedy="Make the virtual environment where alembic-ci runs, or name another with "
            "--python.",
        ) from error
