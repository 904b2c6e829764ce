"""Keep revisions away from the other databases of a server on which ours is a throw-away one.

To MySQL and MariaDB a schema is a database, and a name like ``audit.logs`` leads out of the one
that we were given. Where that is on the environment's own server, it leads to real tables.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator, List

from sqlalchemy import event
from sqlalchemy.engine import Engine

from .protocol import SCRATCH

_IGNORED = re.compile(r"'(?:[^'\\]|''|\\.)*'|/\*(?!M?!).*?\*/|(?:--\s|#)[^\n]*", re.DOTALL)
_WORD = r"(?:`(?:[^`]|``)+`|\"(?:[^\"]|\"\")+\"|[\w$]+)"
_QUALIFIED = "(" + _WORD + r")\s*\.\s*" + _WORD
_READS = frozenset(["SELECT", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "SET", "VALUES"])
# Up to this word stands what a statement changes, behind it what it reads.
_ENDS = {"UPDATE": r"\bSET\b", "DELETE": r"\bWHERE\b"}
_INDEX = re.compile(r"(?:CREATE|DROP)\s+(?:\w+\s+)?(?:INDEX|TRIGGER)\b", re.IGNORECASE)
_BEFORE = (
    "TABLES?|VIEW|TRIGGER|PROCEDURE|FUNCTION|EVENT|EXISTS|TO|AS|RENAME|TRUNCATE|CALL|LOCK|INTO"
    "|UPDATE|INSERT|REPLACE|DELETE|IGNORE|LOW_PRIORITY|QUICK|JOIN"
)
_LISTS = frozenset(["DROP", "RENAME", "UPDATE", "DELETE", "LOCK"])
_WHOLE = re.compile(
    r"(?:(?:CREATE|DROP|ALTER)\s+(?:DATABASE|SCHEMA)(?:\s+IF(?:\s+NOT)?\s+EXISTS)?|USE)\s+("
    + _WORD
    + r")",
    re.IGNORECASE,
)
_NO_NAMES = frozenset(["character", "collate", "default", "charset", "read", "encryption"])


class FenceError(Exception):
    """A revision is about to change *database*, which is not ours."""

    def __init__(self, database: str) -> None:
        super().__init__("it changes the database " + database)
        self.database = database


class Fence:
    """Refuses what changes one of *others*, or makes or takes away a database."""

    def __init__(self, others: Iterable[str]) -> None:
        self._others = frozenset(name.casefold() for name in others)

    def listen(self) -> None:
        """Listen on every engine of the process."""
        event.listen(Engine, "before_cursor_execute", self._before)

    def _before(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if connection.dialect.name not in ("mysql", "mariadb"):
            return
        for name in changed_databases(statement):
            if name.casefold() in self._others:
                raise FenceError(name)
        for name in named_databases(statement):
            if not name.startswith(SCRATCH):
                raise FenceError(name)


def changed_databases(sql: str) -> Iterator[str]:
    """Yield the names before a dot where a statement says what it changes."""
    for piece in _pieces(sql):
        verb = piece.split(None, 1)[0].upper()
        if verb in _READS:
            continue
        head = re.split(_ENDS.get(verb, r"\bSELECT\b"), piece, maxsplit=1, flags=re.IGNORECASE)[0]
        before = _BEFORE + ("|ON" if _INDEX.match(piece) else "")
        before += "|FROM|USING" if verb == "DELETE" else ""
        comma = r"|,\s*" if verb in _LISTS else ""
        pattern = r"(?:\b(?:" + before + r")\s+" + comma + ")" + _QUALIFIED
        yield from map(_name, re.findall(pattern, head, re.IGNORECASE))


def named_databases(sql: str) -> Iterator[str]:
    """Yield the names of databases that are made, changed or taken away whole, or entered."""
    for piece in _pieces(sql):
        found = _WHOLE.match(piece)
        if found and found[1].lower() not in _NO_NAMES:
            yield _name(found[1])


def _pieces(sql: str) -> List[str]:
    pieces = (piece.strip().lstrip("(") for piece in _IGNORED.sub(" ", sql).split(";"))
    return [piece for piece in pieces if piece]


def _name(word: str) -> str:
    return word[1:-1].replace(word[0] * 2, word[0]) if word[0] in '`"' else word
