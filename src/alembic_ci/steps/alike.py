"""Statements as words that are equal where a server reads the same."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from alembic_ci.database.quoting import quote
from alembic_ci.statements import Shape, Token, tokens, unquoted
from alembic_ci.urls import Dialect

Words = tuple[str, ...]

_TEXT = re.compile(r"(?P<prefix>[A-Za-z&]*)'(?P<inner>.*)'", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a", "b": "\b"}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(?=$|[+-])")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
_TRUTHS = {"TRUE": "1", "FALSE": "0"}
_OF_TYPES = frozenset(["VARYING", "PRECISION", "WITH", "WITHOUT", "TIME", "ZONE"])


def words(statement: str, dialect: Dialect) -> Words:
    """Return *statement* in words, without casts and with each value in one spelling."""
    parts = tuple(tokens(statement, dialect))
    return tuple(_word(token, dialect) for token in _without_casts(parts))


def parenthesised(following: Words) -> Iterator[tuple[int, int]]:
    """Yield where the outermost parentheses begin and end."""
    depth = begun = 0
    for number, word in enumerate(following):
        begun = number if depth == 0 else begun
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 and word == ")":
            yield begun, number


def _without_casts(parts: Sequence[Token]) -> Iterator[Token]:
    at = 0
    while at < len(parts):
        if parts[at].text == "::":
            at = _after_type(parts, at + 1)
        else:
            yield parts[at]
            at += 1


def _after_type(parts: Sequence[Token], at: int) -> int:
    """Return where a type's name ends: ``public.mood``, ``TIME(6) WITH TIME ZONE``, ``INT[]``."""
    at += 1
    while at < len(parts):
        if parts[at].text == ".":
            at += 2
        elif parts[at].word in _OF_TYPES or parts[at].text in {"[", "]"}:
            at += 1
        elif parts[at].text == "(":
            at = _closing(parts, at)
        else:
            break
    return at


def _closing(parts: Sequence[Token], at: int) -> int:
    while at < len(parts) and parts[at].text != ")":
        at += 1
    return at + 1


def _word(token: Token, dialect: Dialect) -> str:
    match token.shape:
        case Shape.TEXT if token.text.startswith('"'):  # MySQL's, a name in the mode ANSI_QUOTES
            return quote(dialect, unquoted(token.text))
        case Shape.TEXT:
            return _value(token.text, dialect)
        case Shape.NUMBER:
            return _number(token.text)
        case Shape.WORD:
            return _TRUTHS.get(token.word, token.text)
    return token.text


def _number(text: str) -> str:
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:  # hexadecimal
        return text.lower()


def _value(text: str, dialect: Dialect) -> str:
    match = _TEXT.fullmatch(text)
    if match is None:
        return text
    prefix, inner = match["prefix"].lower(), match["inner"].replace("''", "'")
    if prefix == "e" or (dialect is Dialect.MYSQL and prefix != "x"):
        inner = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), inner)
    if prefix == "x":
        return f"x'{inner.lower()}'"
    inner = _MOMENT.sub(_moment, inner)
    if _UUID.fullmatch(inner):
        inner = inner.replace("-", "").lower()
    return f"'{inner}'"


def _moment(match: re.Match[str]) -> str:
    fraction = (match[3] or "").rstrip("0")
    return f"{match[1]} {match[2]}{fraction if fraction != '.' else ''}"
