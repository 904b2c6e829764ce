"""Semicolons that end no statement: those inside the body of a routine, trigger or event.

PostgreSQL is read as psql does (``psqlscan.l``), SQLite as ``sqlite3_complete`` does; for MySQL and
MariaDB, whose client leaves it to ``DELIMITER``, blocks are counted.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from alembic_ci.statements.tokens import Token
from alembic_ci.urls import Dialect

_ROUTINES = frozenset(["FUNCTION", "PROCEDURE"])
_PROGRAMS = _ROUTINES | {"TRIGGER", "EVENT", "PACKAGE"}
_HEAD = 12  # words: CREATE OR REPLACE DEFINER = `user` @ `host` AGGREGATE FUNCTION
_WITH_END = frozenset(["LOOP", "WHILE", "CASE"])
_NO_THEN = frozenset([";", "CASE", "WHEN", "END"])


class Body:
    """Follows the tokens of one statement; ask at each semicolon, with the same growing list."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._seen = 0
        self._depth = 0
        self._parentheses = 0

    def ends(self, statement: Sequence[Token]) -> bool:
        """Tell whether a semicolon ends *statement*, its tokens without comments and blanks."""
        match self._dialect:
            case Dialect.POSTGRESQL:
                return self._ends_postgresql(statement)
            case Dialect.MYSQL:
                return self._ends_mysql(statement)
            case Dialect.SQLITE:
                return _ends_sqlite(statement)

    def _ends_postgresql(self, statement: Sequence[Token]) -> bool:
        """Count BEGIN ATOMIC ... END of SQL functions, and the parentheses of CREATE RULE."""
        if not statement or statement[0].word != "CREATE":
            return True
        routine = bool(_ROUTINES & _head(statement))
        for token in statement[self._seen :]:
            self._parentheses += {"(": 1, ")": -1}.get(token.text, 0)
            if not routine or self._parentheses:
                continue
            if token.word == "BEGIN" or (token.word == "CASE" and self._depth):
                self._depth += 1
            elif token.word == "END" and self._depth:
                self._depth -= 1
        self._seen = len(statement)
        return self._depth == 0 and self._parentheses <= 0

    def _ends_mysql(self, statement: Sequence[Token]) -> bool:
        """Count blocks; each ends with END, and most say which: END IF, END LOOP."""
        if not statement:
            return True
        begins = bool(_PROGRAMS & _head(statement))
        for index in range(self._seen, len(statement)):
            previous = statement[index - 1] if index else None
            if previous is not None and (previous.word == "END" or previous.text == "."):
                continue
            if statement[index].word == "END":
                self._depth = max(0, self._depth - 1)
            elif _opens(statement, index, begins=begins):
                self._depth += 1
        self._seen = len(statement)
        return self._depth == 0


def _head(statement: Sequence[Token]) -> frozenset[str]:
    """Return the first words, among them what is created."""
    return frozenset(token.word for token in statement[:_HEAD])


def _opens(statement: Sequence[Token], index: int, *, begins: bool) -> bool:
    """Tell whether the word at *index* opens a block; BEGIN alone starts a transaction."""
    word = statement[index].word
    following = statement[index + 1] if index + 1 < len(statement) else None
    if word == "BEGIN":
        return begins or (following is not None and following.word == "NOT")
    if word == "IF":
        return _decides(statement[index + 1 :])
    if word == "REPEAT":
        return following is None or following.text != "("
    if word == "FOR":
        return [token.word for token in statement[index + 2 : index + 3]] == ["IN"]
    return word in _WITH_END


def _decides(rest: Sequence[Token]) -> bool:
    """Tell the statement IF from the function, and from IF EXISTS before a name."""
    exists = next((n for n, token in enumerate(rest[:2]) if token.word == "EXISTS"), None)
    if exists is not None and [token.text for token in rest[exists + 1 : exists + 2]] != ["("]:
        return False
    return any(token.word == "THEN" for token in _condition(rest))


def _condition(rest: Sequence[Token]) -> Iterator[Token]:
    """Yield what may stand between IF and THEN; where IF is a function, no THEN is among it."""
    depth = 0
    for token in takewhile(lambda token: (token.word or token.text) not in _NO_THEN, rest):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth < 0:
            return
        if depth == 0:
            yield token


def _ends_sqlite(statement: Sequence[Token]) -> bool:
    """A trigger's body ends with END after a semicolon."""
    words = [token.word for token in statement[:4]]
    words = words[1:] if words[:1] == ["EXPLAIN"] else words
    trigger = words[:1] == ["CREATE"] and "TRIGGER" in words[1:3]
    return not trigger or (
        len(statement) > 1 and statement[-1].word == "END" and statement[-2].text == ";"
    )
