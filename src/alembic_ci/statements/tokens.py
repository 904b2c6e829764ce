"""Cut SQL text into tokens, by the rules of each dialect, without white space and comments.

Sources: https://www.postgresql.org/docs/current/sql-syntax-lexical.html,
https://dev.mysql.com/doc/refman/8.4/en/language-structure.html,
https://mariadb.com/kb/en/comment-syntax/ and SQLite's ``tokenize.c``.

What only the session knows is taken to be as it is by default: backslashes escape in MySQL
(no NO_BACKSLASH_ESCAPES) and do not in PostgreSQL (standard_conforming_strings). A text, comment or
name that is never closed goes on to the end.
"""

import re
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from alembic_ci.urls import Dialect

_SIGN = r"(?P<sign>->>|->|<>|<=|>=|==|!=|<<|>>|\|\||::|:=|.)"
_NUMBER = r"(?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
_WORD = r"(?P<word>[^\W\d][\w$]*)"
_ESCAPED = r"'(?:[^'\\]++|''|\\.)*+(?:'|\\?\Z)"
_POSTGRESQL = rf"""
      (?P<comment>--[^\r\n]*)
    | (?P<nested>/\*)
    | (?P<dollar>\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
    | (?P<escaped>[eE]{_ESCAPED}(?:[ \t]*[\r\n]\s*{_ESCAPED})*)
    | (?P<text>(?:[uU]&|[bBxXnN])?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<name>(?:[uU]&)?"(?:[^"]++|"")*+(?:"|\Z))
    | {_NUMBER}
    | {_WORD}
    | {_SIGN}
"""
_MYSQL = rf"""
      (?P<comment>\#[^\n]*|--(?=[\s\x00-\x1f]|\Z)[^\n]*|/\*(?!!|M!).*?(?:\*/|\Z))
    | (?P<code>/\*M?!(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|/\*.*?\*/|(?!\*/).)*(?:\*/|\Z))
    | (?P<text>[xXbBnN]?{_ESCAPED}|"(?:[^"\\]++|""|\\.)*+(?:"|\\?\Z))
    | (?P<name>`(?:[^`]++|``)*+(?:`|\Z))
    | (?P<word>[^\W\d][\w$]*|\d+(?![eE][+-]?\d)[^\W\d][\w$]*)
    | {_NUMBER}
    | {_SIGN}
"""
_SQLITE = rf"""
      (?P<comment>--[^\n]*|/\*.*?(?:\*/|\Z))
    | (?P<text>[xX]?'(?:[^']++|'')*+(?:'|\Z))
    | (?P<name>"(?:[^"]++|"")*+(?:"|\Z)|`(?:[^`]++|``)*+(?:`|\Z)|\[[^\]]*(?:\]|\Z))
    | {_NUMBER}
    | {_WORD}
    | {_SIGN}
"""
_RULES: Mapping[Dialect, re.Pattern[str]] = MappingProxyType(
    {
        dialect: re.compile(rf"\s*+(?:{rules})", re.VERBOSE | re.DOTALL)
        for dialect, rules in (
            (Dialect.POSTGRESQL, _POSTGRESQL),
            (Dialect.MYSQL, _MYSQL),
            (Dialect.SQLITE, _SQLITE),
        )
    }
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Shape(Enum):
    """What a token is."""

    CODE = auto()  # MySQL's /*! ... */: a comment that the server runs
    TEXT = auto()  # a string, whatever its quotes; in MySQL "..." too
    NAME = auto()  # a quoted identifier
    NUMBER = auto()
    WORD = auto()  # a keyword or an unquoted identifier
    SIGN = auto()


_SHAPES = {
    "code": Shape.CODE,
    "dollar": Shape.TEXT,
    "escaped": Shape.TEXT,
    "text": Shape.TEXT,
    "name": Shape.NAME,
    "number": Shape.NUMBER,
    "word": Shape.WORD,
    "sign": Shape.SIGN,
}


class Token(NamedTuple):
    """One token; *text* is as written, *start* where it stands.

    *word* is the keyword that it could be, in upper case, else ``""``.
    """

    shape: Shape
    text: str
    start: int
    word: str

    def cut(self, length: int) -> "Token":
        """Return its beginning, as if nothing else had been written."""
        return _token(self.shape, self.text[:length], self.start)

    @property
    def name(self) -> str:
        """The name it stands for where a name is expected, else ``""``."""
        if self.shape is Shape.NAME or (self.shape is Shape.TEXT and self.text[0] in "\"'"):
            return unquoted(self.text)
        return self.text if self.shape is Shape.WORD else ""


def tokens(sql: str, dialect: Dialect, start: int = 0) -> Iterator[Token]:
    """Yield the tokens of *sql* from *start* on."""
    match = _RULES[dialect].match
    while found := match(sql, start):
        kind = found.lastgroup or "sign"
        start = found.end()
        if kind == "nested":
            start = _comment_end(sql, start)
        elif kind != "comment":
            yield _token(_SHAPES[kind], found[kind], found.start(kind))


def _token(shape: Shape, text: str, start: int) -> Token:
    return Token(shape, text, start, text.upper() if shape is Shape.WORD else "")


def unquoted(text: str) -> str:
    """Return the name inside any dialect's quotes."""
    text = text[2:] if text[:2] in {"U&", "u&"} else text
    closing = "]" if text[0] == "[" else text[0]
    inner = text[1:].removesuffix(closing)
    return inner if closing == "]" else inner.replace(closing * 2, closing)


def _comment_end(sql: str, start: int) -> int:
    """Return where a comment ends that may hold comments, as in PostgreSQL."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(sql, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(sql)
