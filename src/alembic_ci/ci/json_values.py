"""Look into JSON that somebody else wrote, and believe nothing about its shape."""

import json
from pathlib import Path


def inside(value: object, *keys: str) -> object:
    """Return what lies under nested *keys*, ``None`` where one of them is missing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: object, *keys: str) -> str:
    """Return the text under *keys*, "" when there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, str) else ""


def number(value: object, *keys: str) -> int:
    """Return the positive whole number under *keys*, 0 when there is none."""
    found = inside(value, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def content(written: str) -> object:
    """Return what a JSON text says, ``None`` when it is none."""
    try:
        return json.loads(written)
    except (ValueError, RecursionError):
        return None


def file_content(path: str) -> object:
    """Return the JSON in a file, ``None`` when it cannot be read."""
    try:
        return content(Path(path).read_text(encoding="utf-8")) if path else None
    except (OSError, ValueError):
        return None
