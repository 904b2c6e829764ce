"""Import once what every worker imports, and fork a worker for each database.

Nothing of the project is imported here, so that each worker's env.py starts in a process that no
other env.py was in, and no database's URL is known here.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import socket
from typing import Any, List, Optional

from .serve import end_with_the_tool, import_alembic, serve

_LARGEST_REQUEST = 1 << 10  # bytes
_DESCRIPTORS = 3
_PR_SET_DUMPABLE = 4


def keep(descriptor: int, driver: str) -> None:
    """Answer requests until the tool goes away; returns in every worker, too, when it is done.

    The tool sends ``{"fork": true}`` with the worker's descriptors (to read, to write, to print),
    or asks for a worker's exit status with ``{"status": pid}``. ``{"join": true}`` comes with one
    end of a line to another process of the tool's, and has no answer. What is secret is told to the
    worker itself: here a later worker might find it in its memory.
    """
    tool = _line(descriptor)
    end_with_the_tool()
    _open_to_debuggers(0)  # a worker's env.py shall not look into the ones that come after it
    import_alembic()
    _import_driver(driver)
    gc.collect()
    gc.freeze()  # what is never looked at again is never copied
    lines = {tool.fileno(): tool}
    while tool.fileno() in lines:
        for ready in select.select(lines, [], [])[0]:
            line = lines[ready]
            data, descriptors, _, _ = socket.recv_fds(line, _LARGEST_REQUEST, _DESCRIPTORS)
            if not data:
                lines.pop(ready).close()
                continue
            request = json.loads(data)
            if "join" in request:
                joined = _line(*descriptors)
                lines[joined.fileno()] = joined
            elif "status" in request:
                line.send(json.dumps({"status": _status(request["status"])}).encode())
            elif not _forked(line, descriptors):
                for other in lines.values():
                    other.close()
                _work(descriptors)
                return


def _line(descriptor: int) -> socket.socket:
    line = socket.socket(fileno=descriptor)
    line.set_inheritable(False)
    return line


def _forked(line: socket.socket, descriptors: List[int]) -> int:
    """Fork a worker, and tell of it unless we are it; return its number, or 0."""
    pid = os.fork()
    if pid:
        for number in descriptors:
            os.close(number)
        line.send(json.dumps({"pid": pid}).encode())
    return pid


def _work(descriptors: List[int]) -> None:
    """Be a worker, as if started anew."""
    read_fd, write_fd, output = descriptors
    os.setsid()
    for stream in (1, 2):
        os.dup2(output, stream)
    os.close(output)
    _open_to_debuggers(1)
    serve(read_fd=read_fd, write_fd=write_fd)


def _open_to_debuggers(yes: int) -> None:
    """Set PR_SET_DUMPABLE of prctl(2), where there is such a thing."""
    with contextlib.suppress(ImportError, OSError, AttributeError):
        importlib.import_module("ctypes").CDLL(None).prctl(_PR_SET_DUMPABLE, yes, 0, 0, 0)


def _status(pid: int) -> Optional[int]:
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if ended else None


def _import_driver(driver: str) -> None:
    """Import what ``create_engine`` would; what fails here fails again when it counts."""
    with contextlib.suppress(Exception):
        make_url: Any = importlib.import_module("sqlalchemy.engine").make_url
        dialect = make_url(driver + "://").get_dialect()
        getattr(dialect, "import_dbapi", dialect.dbapi)()
    for name in ("logging.config", "alembic.op", "asyncio"):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
