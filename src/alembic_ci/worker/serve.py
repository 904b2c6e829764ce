"""Answer the tool's requests until it says exit or goes away."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import os
import platform
import signal
import sys
from typing import Any

from . import protocol
from .collector import importing
from .failures import described
from .mako import without_highlighting
from .protocol import Channel, Message

_PR_SET_PDEATHSIG = 1


def serve(*, read_fd: int, write_fd: int) -> None:
    """Serve one tool process; what anybody prints goes to stderr and stdout, never to the pipes."""
    faulthandler.register(signal.SIGUSR1, all_threads=True, chain=False)
    end_with_the_tool()
    for descriptor in (read_fd, write_fd):
        os.set_inheritable(descriptor, False)  # noqa: FBT003 - the only way to say it
    channel = Channel(read_fd, write_fd)
    work: Any = None
    import_alembic()
    while True:
        try:
            request = channel.receive()
        except EOFError:
            gc.freeze()  # else Python ends by looking through all of SQLAlchemy's objects: 70 ms
            return
        if request["do"] == protocol.VARIABLES:
            os.environ.update(request["variables"])
            continue
        if request["do"] == protocol.LOAD:
            work, answer = _loaded(channel, request)
        else:
            answer = work.done(request)
        flush_output()
        channel.send(answer)


def import_alembic() -> None:
    """Spend the time until the first request well; what fails here fails again when it counts."""
    with importing(), without_highlighting(), contextlib.suppress(Exception):
        importlib.import_module(".work", __package__)


def end_with_the_tool() -> None:
    """Have Linux end us when the tool is killed; elsewhere we notice at the end of a revision.

    A migration that nobody watches would go on holding its locks.
    See https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html
    """
    with contextlib.suppress(ImportError, OSError, AttributeError):
        prctl = importlib.import_module("ctypes").CDLL(None).prctl
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def flush_output() -> None:
    """Hand over what was printed so far; env.py may have closed its streams."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError, OSError):
            stream.flush()


def _loaded(channel: Channel, request: Message) -> "tuple[Any, Message]":
    """Import Alembic and read its configuration; a failure names the file and is no accident."""
    answer: Message = {
        "event": protocol.LOADED,
        "python": platform.python_version(),
        "failure": None,
    }
    try:
        work = importlib.import_module(".work", __package__).Work(channel, request)
        answer.update(work.versions())
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        places = [*request["version_locations"], request["directory"]]
        return None, {**answer, "failure": described(error, places)}
    return work, answer
