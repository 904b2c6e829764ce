"""Values a CHECK might accept: what rows usually get, and what the condition's own text suggests.

Nothing here understands a condition. Its constants are taken as hints, and the server judges
which of the values it accepts (`solver`).
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from alembic_ci.database.rows.made import made
from alembic_ci.database.rows.patterns import glob_samples, like_samples, regex_samples
from alembic_ci.database.rows.spelling import array, composite, numbered
from alembic_ci.database.rows.tables import Column, Family, Type

_STRINGS = re.compile(r"'((?:[^'\\]|''|\\.)*)'", re.DOTALL)
_NUMBERS = re.compile(r"(?<![\w.'])-?\d+(?:\.\d+)?(?![\w'])")
_MOST = 90
_LONGEST = 400
_NUMERIC = {Family.INTEGER, Family.DECIMAL, Family.FLOAT}
_MOMENTS = {Family.DATE, Family.TIME, Family.TIMESTAMP}
_USUAL_TEXTS = (
    *("a", "A", "1", "abc", "ABC", "abc1", "Abc", "12", "123", "1234567890", "user#@example.com"),
    *("https://example.com/#", "/a/#", "abc-#", "a_#", "+1202555####", "#aabbcc", "aabbcc"),
    *("en", "en_US", "US", "USD", "UTC", "2021-03-04", "00000000-0000-4000-8000-############"),
    *("{}", "[]", "true", "192.168.0.#", "1.0.#", "Abcdef1!", "a" * 32, "0" * 40, "f" * 64, ""),
)
_USUAL_NUMBERS = ("0", "1", "2", "-1", "3", "5", "10", "50", "100", "1000", "0.5", "0.1", "-90")
_USUAL_DOCUMENTS = (
    *("{}", "[]", '"a"', "1", "null", "true", "[1]", '["a"]', '[{"id": 1}]'),
    '{"type": "a"}',
)


def candidates(column: Column, conditions: Iterable[str], *, first: int) -> tuple[str, ...]:
    """Return values for *column*, the *first* made ones in front, then what is only worth a try."""
    texts = [made(column, number) for number in range(first)]
    joined = " ".join(conditions)
    texts += islice(suggested(column.type, joined), _MOST)
    texts += [made(column, number) for number in range(first, first + 6)]
    return tuple(dict.fromkeys(texts))


def suggested(kind: Type, condition: str) -> Iterator[str]:
    """Yield what the constants in *condition* suggest, then what is usual for the type."""
    strings = [text.replace("''", "'").replace("\\'", "'") for text in _STRINGS.findall(condition)]
    numbers = _NUMBERS.findall(_STRINGS.sub(" ", condition))
    match kind.family:
        case family if family in _NUMERIC:
            fitting = (float(text) for text in strings if _NUMBERS.fullmatch(text))
            yield from _numbers(kind, [*map(float, numbers), *fitting])
        case family if family in _MOMENTS:
            yield from _moments(kind, strings)
        case Family.TEXT:
            yield from (text for text in _texts(strings, numbers) if _fits(kind, text))
        case Family.ENUM | Family.SET:
            yield from kind.labels
        case Family.BOOLEAN:
            yield from ("true", "false")
        case _:
            yield from _compounds(kind, condition, strings)


def _compounds(kind: Type, condition: str, strings: list[str]) -> Iterator[str]:
    match kind.family:
        case Family.JSON:
            yield from _documents(strings)
        case Family.ARRAY:
            inner = tuple(islice(suggested(kind.parts[0], condition), 20))
            yield "{}"
            yield from (array([item]) for item in inner)
            yield from (array(inner[:size]) for size in range(2, min(len(inner), 6)))
        case Family.COMPOSITE:
            lists = [list(islice(suggested(part, condition), 8)) for part in kind.parts]
            for number in range(max(map(len, lists), default=0)):
                yield composite([items[number % len(items)] for items in lists])
        case Family.BINARY:
            yield from (text.encode().hex() for text in ("a" * n for n in (1, 8, 16, 20, 32, 64)))
        case Family.PATTERN:
            yield from (numbered(p, n) for n in (1, 2, 3) for p in kind.labels)
            yield from strings
        case Family.RANGE:
            yield from (f"[{low},{low + 1})" for low in range(3))
        case _:
            yield from strings


def _numbers(kind: Type, mined: list[float]) -> Iterator[str]:
    step = 10**-kind.scale if kind.family is Family.DECIMAL and kind.length else 1
    near = [n + d * step for n in mined for d in (0, 1, -1, 2, 3)]
    between = [(a + b) / 2 for a in mined for b in mined if a < b]
    products = [n * 2 for n in mined]
    for number in [*near, *between, *products, *map(float, _USUAL_NUMBERS)]:
        if kind.family is not Family.INTEGER:
            yield f"{number:.{kind.scale if kind.length else 6}f}".rstrip("0").rstrip(".") or "0"
        elif number == int(number) and kind.low <= number <= kind.high:
            yield str(int(number))


def _moments(kind: Type, strings: list[str]) -> Iterator[str]:
    for text in strings:
        yield text
        try:
            then = datetime.fromisoformat(text)
        except ValueError:
            continue
        for days in (1, -1, 2):
            moved = then + timedelta(days=days)
            yield moved.strftime("%Y-%m-%d" if kind.family is Family.DATE else "%Y-%m-%d %H:%M:%S")
    dates = ("2099-12-31", "2030-01-01", "2021-01-01", "2000-01-01", "1970-01-02")
    clocks = ("00:00:00", "12:00:00", "23:59:59")
    match kind.family:
        case Family.DATE:
            yield from dates
        case Family.TIME:
            yield from clocks
        case _:
            yield from (f"{day} 00:00:00" for day in dates)


def _texts(strings: list[str], numbers: list[str]) -> Iterator[str]:
    for text in strings:
        yield text
        if "%" in text or "_" in text:
            yield from like_samples(text)
    for text in strings:
        yield from regex_samples(text, count=6)
        if "*" in text or "?" in text:
            yield from glob_samples(text)
    for number in dict.fromkeys(numbers):
        size = int(float(number))
        if 0 < size <= _LONGEST:
            yield number
            yield from ("a" * size, "b" * size, "1" * size, "a" * (size + 1), "a" * (size - 1))
    for place, text in enumerate(_USUAL_TEXTS):
        yield text if text.startswith("#") else numbered(text, place + 1)


def _fits(kind: Type, text: str) -> bool:
    return kind.length is None or len(text) <= kind.length


def _documents(strings: list[str]) -> Iterator[str]:
    names = [name for name in dict.fromkeys(strings) if '"' not in name and "\\" not in name]
    for value in ('"a"', "1", "[]", "{}", "true"):
        if names:
            yield "{" + ", ".join(f'"{name}": {value}' for name in names) + "}"
        yield from (f'{{"{name}": {value}}}' for name in names)
    yield from (f'{{"{a}": "{b}"}}' for a in names for b in names if a != b)
    yield from _USUAL_DOCUMENTS
