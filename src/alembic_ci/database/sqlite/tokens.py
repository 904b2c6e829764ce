"""SQL text as SQLite stores it, cut into tokens and written back in one canonical spelling.

Quoting, white space, comments and the case of keywords and function names do not survive, so two
texts that mean the same compare equal. Source: https://www.sqlite.org/lang_keywords.html.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from alembic_ci.database.sqlite.keywords import KEYWORDS
from alembic_ci.statements import Shape, unquoted
from alembic_ci.statements import Token as WrittenToken
from alembic_ci.statements import tokens as cut
from alembic_ci.urls import Dialect

_PLAIN = re.compile(r"[^\W\d][\w$]*\Z")
_TIGHT_AFTER = {"(", ".", "~"}
_SIGNS = {"-", "+"}
_TIGHT_BEFORE = {")", ",", ".", ";"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; *text* of a quoted name is the bare name."""

    shape: Shape
    text: str

    @property
    def word(self) -> str:
        """The upper-case keyword this could be, else ``""``."""
        return self.text.upper() if self.shape is Shape.WORD else ""

    @property
    def name(self) -> str:
        """The name it stands for where SQLite expects one ('text' is a name there too)."""
        return unquoted(self.text) if self.shape is Shape.TEXT else self.text


@lru_cache(maxsize=4096)
def tokens(sql: str) -> tuple[Token, ...]:
    """Cut *sql* into tokens, without comments and white space."""
    return tuple(map(_token, cut(sql, Dialect.SQLITE)))


def _token(token: WrittenToken) -> Token:
    bare = token.name if token.shape is Shape.NAME else token.text
    return Token(token.shape, bare)


def canonical(parts: Sequence[Token]) -> str:
    """Write tokens in the one spelling that is compared and shown."""
    written: list[str] = []
    previous = ""
    for index, token in enumerate(parts):
        called = index + 1 < len(parts) and parts[index + 1].text == "("
        text = _spelling(token, called=called)
        sign = index == 1 and previous in _SIGNS
        tight = sign or previous in _TIGHT_AFTER or text in _TIGHT_BEFORE
        call = text == "(" and index > 0 and _is_function(parts[index - 1])
        if written and not tight and not call:
            written.append(" ")
        written.append(text)
        previous = text
    return "".join(written)


def _spelling(token: Token, *, called: bool) -> str:
    match token.shape:
        case Shape.WORD if token.word in KEYWORDS:
            return token.word
        case Shape.WORD:
            return token.text.lower() if called else token.text
        case Shape.NAME if _PLAIN.match(token.text) and token.text.upper() not in KEYWORDS:
            return token.text
        case Shape.NAME:
            return '"' + token.text.replace('"', '""') + '"'
        case _:
            return "<>" if token.text == "!=" else "=" if token.text == "==" else token.text


def _is_function(token: Token) -> bool:
    return token.shape in {Shape.WORD, Shape.NAME} and token.word not in KEYWORDS


def without_outer_parentheses(parts: Sequence[Token]) -> Sequence[Token]:
    """Drop parentheses that hold the whole expression, however many."""
    while len(parts) > 1 and parts[0].text == "(" and closing(parts, 0) == len(parts) - 1:
        parts = parts[1:-1]
    return parts


def closing(parts: Sequence[Token], opening: int) -> int:
    """Return where the parenthesis at *opening* ends (the last token when it never does)."""
    depth = 0
    for index in range(opening, len(parts)):
        if parts[index].shape is Shape.SIGN:
            depth += {"(": 1, ")": -1}.get(parts[index].text, 0)
        if depth == 0:
            return index
    return len(parts) - 1
