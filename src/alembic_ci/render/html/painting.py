"""SQL as HTML in which keywords, texts, numbers and comments can be coloured."""

import re
from collections.abc import Callable, Iterator
from html import escape

from alembic_ci.render.html.keywords import KEYWORDS
from alembic_ci.statements import Shape, Token, tokens
from alembic_ci.urls import Dialect

_KEYWORD, _TEXT, _NUMBER, _COMMENT = "k", "s", "m", "c"
_COLOURS = {Shape.TEXT: _TEXT, Shape.NUMBER: _NUMBER}
# Code that is written as a text or as a comment: $body$ ... $body$ and /*!50003 ... */.
_WRAPPED = re.compile(r"(\$[^$]*\$|/\*M?!\d*)(.*?)(\1|\*/)", re.DOTALL)


def painted(sql: str, dialect: Dialect) -> str:
    """Return *sql* as HTML; ``report.css`` has the colours of its spans."""

    def shown(token: Token, around: str) -> str:
        wrapped = _WRAPPED.fullmatch(token.text) if token.text[0] in "$/" else None
        if not wrapped:
            return _token(token, around)
        opening, code, closing = wrapped.groups()
        # What is a text or a comment in there, too, is only that.
        return "".join((opening, *_parts(code, dialect, _token), closing))

    return "".join(_parts(sql, dialect, shown))


def _parts(sql: str, dialect: Dialect, shown: Callable[[Token, str], str]) -> Iterator[str]:
    """Yield *sql* piece by piece, its tokens as *shown*."""
    end = 0
    for token in tokens(sql, dialect):
        if token.start > end:
            yield _between(sql[end : token.start])
        yield shown(token, sql)
        end = token.start + len(token.text)
    yield _between(sql[end:])


def _between(gap: str) -> str:
    """Return the white space and the comments between two tokens."""
    comment = gap.strip()
    if not comment:
        return gap
    before, _, after = gap.partition(comment)
    return f"{before}{_span(_COMMENT, comment)}{after}"


def _token(token: Token, sql: str) -> str:
    if token.word:
        return _span(_KEYWORD, token.text) if _is_keyword(token, sql) else token.text
    colour = _COLOURS.get(token.shape)
    return _span(colour, token.text) if colour else escape(token.text, quote=False)


def _is_keyword(word: Token, sql: str) -> bool:
    """Tell whether *word* is one; after a dot it is the name of a column or a table."""
    return word.word in KEYWORDS and sql[word.start - 1 : word.start] != "."


def _span(colour: str, text: str) -> str:
    return f'<span class="{colour}">{escape(text, quote=False)}</span>'
