"""Leave out the values of columns whose names say that they hold secrets.

What stands in their place is no SQL, so that nobody can apply what was left of a statement.
"""

import re
from collections.abc import Iterator, Sequence
from fnmatch import translate

from alembic_ci.statements.splitting import statements
from alembic_ci.statements.tokens import Shape, Token
from alembic_ci.urls import Dialect

MARK = "<redacted>"

_ENDS = frozenset(
    ["WHERE", "AND", "OR", "FROM", "RETURNING", "ORDER", "LIMIT", "ON", "SET", "THEN"]
)
_DEPTH = {"(": 1, ")": -1}
_NOWHERE = r"(?!)"
_WILDCARD = re.compile(r"[*?]|\[!?\]?[^\]]*\]")  # as in fnmatch
_VALUES = (Shape.TEXT, Shape.NUMBER)


class Columns:
    """Patterns of names, with ``*`` for any characters; upper and lower case are the same."""

    def __init__(self, patterns: Sequence[str]) -> None:
        whole = "|".join(translate(pattern.lower()) for pattern in patterns) or _NOWHERE
        self._matches = re.compile(whole).match
        words = "|".join(re.escape(_literal(pattern.lower())) for pattern in patterns)
        self._somewhere = re.compile(words if patterns else _NOWHERE).search

    def __contains__(self, name: str) -> bool:
        """Tell whether a column of this name holds secrets."""
        return bool(self._matches(name.lower()))

    def hidden(self, sql: str, dialect: Dialect) -> str:
        """Return *sql*, one statement or many, without the values of such columns."""
        if not self._somewhere(sql.lower()):
            return sql
        found = {token for piece in statements(sql, dialect) for token in self._values(piece.parts)}
        pieces, end = [], 0
        for token in sorted(found, key=lambda token: token.start):
            pieces += [sql[end : token.start], MARK]
            end = token.start + len(token.text)
        return "".join([*pieces, sql[end:]])

    def _values(self, parts: Sequence[Token]) -> Iterator[Token]:
        yield from self._assigned(parts)
        if parts[0].word in {"INSERT", "REPLACE"}:
            yield from self._inserted(parts)

    def _assigned(self, parts: Sequence[Token]) -> Iterator[Token]:
        """Yield the values in ``token = 'x'``, and ``'x'`` in ``PASSWORD 'x'``."""
        for number, token in enumerate(parts[:-1]):
            following = parts[number + 1]
            if token.word == "BY" and parts[number - 1].word == "IDENTIFIED":
                yield from _literals([following])
            elif token.shape not in {Shape.WORD, Shape.NAME} or token.name not in self:
                continue
            elif following.text in {"=", ":="}:
                yield from _literals(_expression(parts, number + 2))
            else:
                yield from _literals([following])

    def _inserted(self, parts: Sequence[Token]) -> Iterator[Token]:
        """Yield the values of each row that go into such columns."""
        begin = next((n for n, token in enumerate(parts) if token.text == "("), None)
        if begin is None:
            return
        names = [item[0].name if item else "" for item in _items(parts, begin + 1)]
        secret = {number for number, name in enumerate(names) if name in self}
        place, selects = begin + 1, False
        while secret and place < len(parts) and not selects:
            place = _after(parts, place)
            selects = parts[place - 1].word == "SELECT"
            for number, item in enumerate(_items(parts, place)):
                if number in secret:
                    yield from _literals(item)


def _literal(pattern: str) -> str:
    """Return the longest text that every name of a pattern has in it."""
    return max(_WILDCARD.split(pattern), key=len)


def _literals(tokens: Sequence[Token]) -> Iterator[Token]:
    return (token for token in tokens if token.shape in _VALUES)


def _expression(parts: Sequence[Token], begin: int) -> Sequence[Token]:
    """Return the tokens from *begin* up to the end of one expression."""
    depth = 0
    for number in range(begin, len(parts)):
        token = parts[number]
        depth += _DEPTH.get(token.text, 0)
        if depth < 0 or (depth == 0 and (token.text == "," or token.word in _ENDS)):
            return parts[begin:number]
    return parts[begin:]


def _items(parts: Sequence[Token], begin: int) -> Iterator[Sequence[Token]]:
    """Cut a list at its commas, up to the parenthesis that closes it or the next clause."""
    depth, start = 0, begin
    for number in range(begin, len(parts)):
        token = parts[number]
        depth += _DEPTH.get(token.text, 0)
        ends = depth < 0 or (depth == 0 and token.word in _ENDS)
        if ends or (depth == 0 and token.text == ","):
            yield parts[start:number]
            start = number + 1
        if ends:
            return
    yield parts[start:]


def _after(parts: Sequence[Token], begin: int) -> int:
    """Return where the next row begins: behind its parenthesis, or behind SELECT; else the end."""
    depth = 0
    for number in range(begin, len(parts)):
        token = parts[number]
        if depth <= 0 and (token.text == "(" or token.word == "SELECT"):
            return number + 1
        depth += _DEPTH.get(token.text, 0)
    return len(parts)
