"""Cut a script into statements; joined, the pieces are the script again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.statements.bodies import Body
from alembic_ci.statements.tokens import Shape, Token, tokens
from alembic_ci.urls import Dialect

# A line for the mysql client itself: https://dev.mysql.com/doc/refman/8.4/en/mysql-commands.html
_DELIMITER = re.compile(r"delimiter[ \t]+([^\s]+)[^\n]*\n?", re.IGNORECASE)
_SEMICOLON = ";"
_CLOSED = (Shape.TEXT, Shape.NAME, Shape.CODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A statement and what stands around it, as written.

    *sql* is the statement alone, without its delimiter and the comments before it; *parts* are its
    tokens but for white space and comments. A piece without parts says nothing to a server.
    """

    text: str
    sql: str = ""
    parts: tuple[Token, ...] = ()


def statements(sql: str, dialect: Dialect) -> tuple[Piece, ...]:
    """Return the pieces of *sql* that a server would run."""
    return tuple(piece for piece in pieces(sql, dialect) if piece.parts)


def pieces(sql: str, dialect: Dialect) -> tuple[Piece, ...]:
    """Return all pieces of *sql*; white space and comments at its end are one of their own."""
    return tuple(_Cutter(sql, dialect).cut())


class _Cutter:
    """One script while it is cut."""

    def __init__(self, sql: str, dialect: Dialect) -> None:
        self._sql = sql
        self._dialect = dialect
        self._delimiter = _SEMICOLON
        self._start = 0

    def cut(self) -> Iterator[Piece]:
        while self._start < len(self._sql):
            yield self._next()

    def _next(self) -> Piece:
        """Read one statement, up to its delimiter or the end of the script."""
        parts: list[Token] = []
        body = Body(self._dialect)
        for token in tokens(self._sql, self._dialect, self._start):
            line = None if parts else self._for_the_client(token)
            if line:
                return self._piece((), line.end())
            stop = self._delimited(token)
            if stop >= 0 and (self._delimiter != _SEMICOLON or body.ends(parts)):
                if stop > token.start:  # END// is both the end of a body and the delimiter
                    parts.append(token.cut(stop - token.start))
                return self._piece(parts, stop + len(self._delimiter))
            parts.append(token)
        return self._piece(parts, len(self._sql))

    def _piece(self, parts: Sequence[Token], end: int) -> Piece:
        start, self._start = self._start, end
        sql = self._sql[parts[0].start : parts[-1].start + len(parts[-1].text)] if parts else ""
        return Piece(text=self._sql[start:end], sql=sql, parts=tuple(parts))

    def _for_the_client(self, token: Token) -> re.Match[str] | None:
        """Obey a DELIMITER line, if there is one."""
        if self._dialect is not Dialect.MYSQL or token.word != "DELIMITER":
            return None
        line = _DELIMITER.match(self._sql, token.start)
        self._delimiter = line[1] if line else self._delimiter
        return line

    def _delimited(self, token: Token) -> int:
        """Return where in or at *token* the delimiter begins, or -1."""
        if self._delimiter == _SEMICOLON:
            return token.start if token.text == _SEMICOLON else -1
        if token.shape in _CLOSED:
            return -1
        longest = token.start + len(token.text) + len(self._delimiter) - 1
        return self._sql.find(self._delimiter, token.start, longest)
