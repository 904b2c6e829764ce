"""Values for one column: plain texts, the same in every run, different from row to row.

The second row of every three is as long or as large as the type allows within reason, so that a
type that gets narrower loses something or fails; the others are short and small.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from alembic_ci.database.rows.spelling import array, composite, numbered
from alembic_ci.database.rows.tables import Column, Family, Type

_LONGEST = 300  # characters in the long row
_FEW = 150  # a type with fewer integers has them all tried in turn
_PAIR = 3  # digits, from which on there is room for two besides the salt
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_START = datetime(2021, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
_HINTS = (
    ("email", "user#@example.com"),
    ("url", "https://example.com/#"),
    ("uuid", "00000000-0000-4000-8000-############"),
    ("json", '{"id": #}'),
)


def made(column: Column, number: int) -> str:
    """Return the text of the value in row *number*, counted from 0."""
    kind = column.type
    if kind.family is Family.TEXT:
        return _text(column.name, kind.length, number)
    return _value(kind, column.salt, number)


def _value(kind: Type, salt: int, number: int) -> str:
    return _MAKERS[kind.family](kind, salt, number)


def _boolean(_: Type, __: int, number: int) -> str:
    return ("true", "false")[number % 2]


def _binary(kind: Type, _: int, number: int) -> str:
    return _text("binary", kind.length, number).encode().hex()


def _bits(kind: Type, _: int, number: int) -> str:
    width = kind.length or 8
    return format((number + 1) % 2**width, f"0{width}b")


def _enum(kind: Type, _: int, number: int) -> str:
    return kind.labels[number % len(kind.labels)] if kind.labels else ""


def _set(kind: Type, _: int, number: int) -> str:
    chosen = number % (2 ** len(kind.labels) - 1) + 1 if kind.labels else 0
    return ",".join(label for i, label in enumerate(kind.labels) if chosen >> i & 1)


def _document(_: Type, __: int, number: int) -> str:
    return f'{{"id": {number + 1}, "name": "value {number + 1}", "tags": ["a", "b"]}}'


def _pattern(kind: Type, salt: int, number: int) -> str:
    return numbered(kind.labels[0], salt + number + 1)


def _array(kind: Type, salt: int, number: int) -> str:
    return array([_value(kind.parts[0], salt, number + step) for step in range(2)])


def _composite(kind: Type, salt: int, number: int) -> str:
    return composite([_value(part, salt, number) for part in kind.parts])


def _any_text(kind: Type, _: int, number: int) -> str:
    return _text("value", kind.length, number)


def _integer(kind: Type, salt: int, number: int) -> str:
    if kind.high - kind.low < _FEW:
        return str(kind.low + number % (kind.high - kind.low + 1))
    if number % 3 == 1:
        return str(_beyond_the_next_smaller(kind.high) + number)
    return str((salt + number + 1) % (kind.high + 1))


def _beyond_the_next_smaller(high: int) -> int:
    """Return a number that would not fit into the type of half the bytes."""
    for smaller in (31, 23, 15, 7):
        if high >= 2 ** (smaller + 2):
            return int(2 ** (smaller + 1))
    return high // 2


def _decimal(kind: Type, salt: int, number: int) -> str:
    if kind.length is None:
        return f"{salt + number + 1}.{123456 if number % 3 == 1 else 5}"
    whole = kind.length - kind.scale
    large = 10 ** (min(whole, 15) - 1) if number % 3 == 1 and whole > 1 else 0
    count = (large + salt % (10 if whole < _PAIR else 90) + number + 1) % 10 ** max(whole, 0)
    if kind.scale <= 0:
        return str(count * 10**-kind.scale)
    fraction = (25 * 10**kind.scale // 100 + number + (whole < 1) * salt) % 10**kind.scale
    return f"{count}.{fraction:0{kind.scale}}"


def _float(kind: Type, salt: int, number: int) -> str:
    precise = (kind.length or 53) > 24  # noqa: PLR2004 - bits in the mantissa of a single
    large = (2**24 + 1 if precise else 2**15) if number % 3 == 1 else 0
    return f"{large + salt + number}.5"


def _text(name: str, length: int | None, number: int) -> str:
    room = _LONGEST if length is None else min(length, _LONGEST)
    for word, pattern in _HINTS:
        if word in name.lower() and len(hinted := numbered(pattern, number + 1)) <= room:
            return hinted
    short = f"{name} {number + 1}"
    if number % 3 == 1:
        return short.ljust(room, "x") if len(short) <= room else _tiny(name, room, number)
    return short if len(short) <= room else _tiny(name, room, number)


def _tiny(name: str, room: int, number: int) -> str:
    """Return a text of exactly *room* characters that ends in a number of base 36."""
    digits = ""
    number += 10  # letters first
    while number and len(digits) < room:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return name[: room - len(digits)].ljust(room - len(digits), "x") + digits


def moment(kind: Type, salt: int, number: int) -> str:
    """Return a date, a time or both; all but the first lie apart by more than a month."""
    then = _START + timedelta(days=salt + 40 * number, seconds=61 * number)
    day, clock = then.strftime("%Y-%m-%d"), then.strftime("%H:%M:%S")
    fraction = f".{then.microsecond:06}"[: kind.scale + 1] if kind.scale else ""
    match kind.family:
        case Family.DATE:
            return day
        case Family.TIME:
            return clock + fraction
        case _:
            return f"{day} {clock}{fraction}"


def _range(kind: Type, _: int, number: int) -> str:
    """Return ranges that never overlap."""
    inner = kind.parts[0]
    if inner.family in {Family.DATE, Family.TIMESTAMP}:
        low, high = (moment(inner, 0, 2 * number + step) for step in (0, 1))
    else:
        low, high = str(10 * number + 1), str(10 * number + 6)
    text = f'["{low}","{high}")'
    return f"{{{text}}}" if "multirange" in kind.sql else text


_MAKERS: Mapping[Family, Callable[[Type, int, int], str]] = MappingProxyType(
    {
        Family.BOOLEAN: _boolean,
        Family.INTEGER: _integer,
        Family.DECIMAL: _decimal,
        Family.FLOAT: _float,
        Family.TEXT: _any_text,
        Family.BINARY: _binary,
        Family.BITS: _bits,
        Family.DATE: moment,
        Family.TIME: moment,
        Family.TIMESTAMP: moment,
        Family.ENUM: _enum,
        Family.SET: _set,
        Family.JSON: _document,
        Family.ARRAY: _array,
        Family.RANGE: _range,
        Family.COMPOSITE: _composite,
        Family.PATTERN: _pattern,
    }
)
