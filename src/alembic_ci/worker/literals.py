"""Write values as literals that a database's own command line client reads as the same values.

For drivers that cannot do it themselves. What is not known here raises TypeError rather than
being guessed.
"""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import ipaddress
import math
import types
import uuid
from typing import Any, Callable, Optional

Write = Callable[[Any], str]

_NUMBERS = (int, float, decimal.Decimal)
_BYTES = (bytes, bytearray, memoryview)
_TEXTS = (
    uuid.UUID,
    ipaddress.IPv4Address,
    ipaddress.IPv6Address,
    ipaddress.IPv4Network,
    ipaddress.IPv6Network,
    ipaddress.IPv4Interface,
    ipaddress.IPv6Interface,
)
_MYSQL_ESCAPES = str.maketrans(
    {"\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z", "'": "\\'", "\\": "\\\\"}
)
# What sqlite3 makes of them: an infinity is a number too large, and there is no NaN.
_SQLITE_NUMBERS = {"inf": "9e999", "-inf": "-9e999", "nan": "NULL"}
_ENDS = {
    dt.date.min: "-infinity",
    dt.date.max: "infinity",
    dt.datetime.min.replace(tzinfo=dt.timezone.utc): "-infinity",
    dt.datetime.max.replace(tzinfo=dt.timezone.utc): "infinity",
}
_RANGE = ("lower", "upper", "lower_inc", "upper_inc", "isempty")


def postgresql(value: Any) -> str:
    """Return *value* for psql; a text with a backslash is read alike in both of its modes."""
    if value is None or isinstance(value, bool):
        return _constant(value, "true", "false")
    if isinstance(value, _NUMBERS):
        return _number(value, lambda text: "'" + text + "'")
    if isinstance(value, _BYTES):
        return "'\\x" + bytes(value).hex() + "'"
    return _postgresql_text(_postgresql_inner(value))


def asyncpg(value: Any) -> str:
    """Return *value* as ``postgresql`` does, but for the first and the last day that Python has.

    asyncpg sends them, and their first and last moment, as infinities:
    https://github.com/MagicStack/py-pgproto/blob/master/codecs/datetime.pyx
    """
    moment = value
    if isinstance(value, dt.datetime) and not value.utcoffset():
        moment = value.replace(tzinfo=dt.timezone.utc)
    endless = isinstance(moment, dt.date) and _ENDS.get(moment)
    return "'" + endless + "'" if endless else postgresql(value)


def zoned(value: Any, session: Optional[dt.tzinfo]) -> Any:
    """Return *value* with a zone at its moments that have none.

    asyncpg reads them in the zone of this process where the server wants a zone, and the server
    reads a literal in that of the session: where both are the same, nothing is added. To a place
    that wants no zone the server reads over it:
    https://www.postgresql.org/docs/current/datatype-datetime.html
    """
    if isinstance(value, dt.datetime):
        return _moment(value, session)
    if isinstance(value, (list, tuple)):
        return [zoned(item, session) for item in value]
    if all(hasattr(value, name) for name in _RANGE):
        parts = {name: getattr(value, name) for name in _RANGE}
        parts.update(lower=zoned(value.lower, session), upper=zoned(value.upper, session))
        return types.SimpleNamespace(**parts)
    return value


def _moment(value: dt.datetime, session: Optional[dt.tzinfo]) -> dt.datetime:
    if value.tzinfo is not None or value.replace(tzinfo=dt.timezone.utc) in _ENDS:
        return value
    try:
        ours = value.astimezone()
    except (OverflowError, ValueError):  # too near to the ends; asyncpg refuses it as well
        return value
    same = session and value.replace(tzinfo=session).utcoffset() == ours.utcoffset()
    return value if same else ours


def mysql(value: Any, *, backslashes: bool = True) -> str:
    """Return *value* for mysql and mariadb; *backslashes* is false under NO_BACKSLASH_ESCAPES."""
    if value is None or isinstance(value, bool):
        return _constant(value, "1", "0")
    if isinstance(value, _NUMBERS):
        text = _number(value, _refused)
        # With an exponent it is a double; without one the server takes it for a decimal.
        return text + "e0" if isinstance(value, float) and "e" not in text else text
    if isinstance(value, _BYTES):
        return "X'" + bytes(value).hex() + "'"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "(" + ", ".join(mysql(item, backslashes=backslashes) for item in value) + ")"
    text = _clock(value) if isinstance(value, dt.timedelta) else _plain(value)
    return "'" + (text.translate(_MYSQL_ESCAPES) if backslashes else text.replace("'", "''")) + "'"


def sqlite(value: Any) -> str:
    """Return *value* for sqlite3, which knows no escapes and drops carriage returns it reads."""
    if value is None or isinstance(value, bool):
        return _constant(value, "1", "0")
    if isinstance(value, (int, float)):
        return _number(value, _SQLITE_NUMBERS.__getitem__)
    if isinstance(value, _BYTES):
        return "X'" + bytes(value).hex() + "'"
    text = _plain(value)
    if "\0" in text or "\r" in text:
        return "CAST(X'" + text.encode("utf-8").hex() + "' AS TEXT)"
    return "'" + text.replace("'", "''") + "'"


def _constant(value: Any, true: str, false: str) -> str:
    if value is None:
        return "NULL"
    return true if value else false


def _number(value: Any, special: Callable[[str], str]) -> str:
    """Subclasses of int (enumerations) print as something else, so their base does it."""
    if isinstance(value, int):
        return int.__repr__(value)
    finite = math.isfinite(value) if isinstance(value, float) else value.is_finite()
    text = float.__repr__(value) if isinstance(value, float) else str(value)
    return text if finite else special(text)


def _refused(text: str) -> str:
    raise TypeError("the number " + text)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, (dt.datetime, dt.date, dt.time)):
        return str(value)
    if isinstance(value, _TEXTS):
        return str(value)
    if isinstance(value, enum.Enum):
        return _plain(value.value)
    raise TypeError("a value of type " + type(value).__name__)


def _postgresql_text(text: str) -> str:
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def _postgresql_inner(value: Any) -> str:
    """Return what stands between the quotes; the server finds the type from the place."""
    if isinstance(value, (list, tuple)):
        return "{" + ",".join(_element(item) for item in value) + "}"
    if isinstance(value, dt.timedelta):
        seconds = value.seconds + value.microseconds / 1_000_000
        return str(value.days) + " days " + format(seconds, ".6f") + " seconds"
    if all(hasattr(value, name) for name in _RANGE):
        return _range(value)
    return _plain(value)


def _element(item: Any) -> str:
    """Return one element of an array in its text form."""
    if item is None:
        return "NULL"
    if isinstance(item, (list, tuple)):
        return _postgresql_inner(item)
    if isinstance(item, bool):
        return "t" if item else "f"
    if isinstance(item, _NUMBERS):
        return _number(item, str)
    if isinstance(item, _BYTES):
        return '"\\\\x' + bytes(item).hex() + '"'
    text = _postgresql_inner(item)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _range(value: Any) -> str:
    if value.isempty:
        return "empty"
    lower = "" if value.lower is None else _bound(value.lower)
    upper = "" if value.upper is None else _bound(value.upper)
    opening = "[" if value.lower_inc else "("
    return opening + lower + "," + upper + ("]" if value.upper_inc else ")")


def _bound(value: Any) -> str:
    if isinstance(value, _NUMBERS):
        return _number(value, str)
    return '"' + _plain(value) + '"'


def _clock(value: dt.timedelta) -> str:
    """Return a duration as MySQL's TIME."""
    micros = value // dt.timedelta(microseconds=1)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, micros = divmod(micros, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return "%s%02d:%02d:%02d.%06d" % (sign, hours, minutes, seconds, micros)
