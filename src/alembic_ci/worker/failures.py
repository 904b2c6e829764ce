"""Turn whatever foreign code raised into plain values the tool can explain."""

from __future__ import annotations

import os
import textwrap
import traceback
from typing import Any, Iterable, Optional, Tuple

from .protocol import Message

_LONGEST_TEXT = 20_000


def described(error: BaseException, places: Iterable[str]) -> Message:
    """Describe *error*; *places* are folders whose files are the project's, most telling first.

    Returns the keys type, message, code, lost (the connection is), statement, file, line, module
    and traceback. File and line are the innermost frame (or the syntax error) inside the first of
    *places* that has one.
    """
    file, line = _location(error, list(places))
    origin = getattr(error, "orig", None)
    return {
        "type": _type_name(error),
        "message": _text(origin if origin is not None else error),
        "code": _code(origin if origin is not None else error),
        "lost": bool(getattr(error, "connection_invalidated", False)),
        "statement": _statement(error),
        "file": file,
        "line": line,
        "module": getattr(error, "name", None) if isinstance(error, ImportError) else None,
        "traceback": _shortened("".join(_formatted(error))),
    }


def _formatted(error: BaseException) -> list[str]:
    return traceback.format_exception(type(error), error, error.__traceback__)


def _type_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else _dotted(kind)


def _dotted(kind: type) -> str:
    return kind.__module__ + "." + kind.__qualname__


def _text(error: BaseException) -> str:
    """MySQL drivers keep (number, text) in args; everybody else's str() is the text."""
    numbered = _numbered(error)
    if numbered:
        return numbered[1]
    if isinstance(error, SyntaxError):
        return error.msg  # str() repeats file and line
    return _shortened(str(error).strip()) or _type_name(error)


def _code(error: BaseException) -> Optional[str]:
    """SQLSTATE (PostgreSQL drivers), error number (MySQL) or error name (SQLite).

    The number first: asyncmy's errors have both, the other MySQL drivers' only that.
    """
    for candidate in (error, error.__cause__):
        numbered = _numbered(candidate)
        if numbered:
            return str(numbered[0])
        for name in ("sqlstate", "pgcode", "sqlite_errorname"):
            value: Any = getattr(candidate, name, None)
            if isinstance(value, str):
                return value
    return None


def _numbered(error: Optional[BaseException]) -> Optional[Tuple[int, str]]:
    """Return (number, text), the way MySQL drivers keep both in args.

    The operating system's errors do, too, and theirs would lose the name of the file.
    """
    if isinstance(error, OSError):
        return None
    args: Tuple[Any, ...] = getattr(error, "args", ())
    if len(args) >= 2 and isinstance(args[0], int) and isinstance(args[1], str):  # noqa: PLR2004
        return args[0], args[1]
    return None


def _location(error: BaseException, places: list[str]) -> tuple[Optional[str], Optional[int]]:
    frames = [(f.filename, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    for place in places:
        inside = [frame for frame in frames if _inside(frame[0], place)]
        if inside:
            return inside[-1]
    return None, None


def _inside(file: str, folder: str) -> bool:
    if not os.path.isabs(file):  # <string>, <frozen importlib._bootstrap>
        return False
    path, start = os.path.realpath(file), os.path.realpath(folder) + os.sep
    # What is installed below a project is not its own; but a project may be installed itself.
    return path.startswith(start) and "site-packages" not in path[len(start) :]


def _statement(error: BaseException) -> Optional[str]:
    text = getattr(error, "statement", None)
    return textwrap.dedent(_shortened(text)).strip() if isinstance(text, str) else None


def _shortened(text: Any) -> Any:
    if isinstance(text, str) and len(text) > _LONGEST_TEXT:
        return text[:_LONGEST_TEXT] + "…"
    return text
