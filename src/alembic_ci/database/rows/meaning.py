"""The meaning of a value's text, so that a change of type alone is no change of the value."""

import json
import re
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d{1,3})?", re.IGNORECASE | re.ASCII)
_MOMENT = re.compile(
    r"(?P<day>\d{4,}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?"
    r"(?P<zone>Z|\+00(:?00)?)?",
    re.ASCII,
)
_TIME = re.compile(r"(?P<clock>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_TRUTH = {"t": "1", "true": "1", "f": "0", "false": "0"}


@lru_cache(maxsize=8192)
def meaning(text: str) -> str:
    """Return one spelling for texts that mean the same in different types.

    ``1`` and ``1.00``, ``true`` and ``1``, a date and its midnight, a UUID with and without
    dashes, JSON in any order and spacing, a text and the same text padded with blanks.
    """
    trimmed = text.rstrip(" ")
    if truth := _TRUTH.get(trimmed.lower()):
        return truth
    if _NUMBER.fullmatch(trimmed):
        return _number(trimmed)
    if found := _MOMENT.fullmatch(trimmed):
        clock = _clock(found)
        return found["day"] if clock == "00:00:00" else f"{found['day']} {clock}"
    if found := _TIME.fullmatch(trimmed):
        return _clock(found)
    if _UUID.fullmatch(trimmed):
        return trimmed.replace("-", "").lower()
    return _document(trimmed) if trimmed[:1] in {"{", "["} else trimmed


def _number(text: str) -> str:
    number = Decimal(text)
    return "0" if not number else format(number.normalize(), "f")


def _clock(found: re.Match[str]) -> str:
    fraction = (found["fraction"] or "").rstrip("0").rstrip(".")
    return found["clock"] + fraction


def _document(text: str) -> str:
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return json.dumps(document, sort_keys=True, separators=(",", ":"))
