"""How values made of several are written."""

import re
from collections.abc import Sequence

_NUMBER = re.compile("#+")


def numbered(pattern: str, number: int) -> str:
    """Put a number for each run of ``#``, with leading zeros up to the run's length."""
    return _NUMBER.sub(lambda run: str(number).zfill(len(run.group())), pattern)


def array(items: Sequence[str]) -> str:
    """Write an array the way PostgreSQL reads it."""
    return "{" + ",".join(_quoted(item) for item in items) + "}"


def composite(items: Sequence[str]) -> str:
    """Write a composite value the way PostgreSQL reads it."""
    return "(" + ",".join(_quoted(item) for item in items) + ")"


def _quoted(item: str) -> str:
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
