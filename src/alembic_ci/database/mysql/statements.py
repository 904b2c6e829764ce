"""Which tables a step's statements can have touched, judged by the names in their text.

It errs on the safe side: a statement that it does not know, or that can do anything (CALL,
EXECUTE, a trigger, a compound block), means everything.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alembic_ci.statements import Shape, Token, statements
from alembic_ci.urls import Dialect

_DATA = """
SELECT INSERT UPDATE DELETE REPLACE SET SHOW WITH VALUES DESCRIBE DESC EXPLAIN COMMIT ROLLBACK
START SAVEPOINT RELEASE LOCK UNLOCK TRUNCATE LOAD DO USE
"""
_OTHERS = """
TRIGGER PROCEDURE FUNCTION EVENT DATABASE SCHEMA SEQUENCE PACKAGE USER ROLE SERVER TABLESPACE
INSTANCE LOGFILE UNDO RESOURCE
"""
_CHANGES_NO_SCHEMA = frozenset(_DATA.split())
_CHANGES_SCHEMA = frozenset(["CREATE", "ALTER", "DROP", "RENAME"])
_NAMED = frozenset(["TABLE", "TABLES", "INDEX", "VIEW"])
_OTHER_OBJECTS = frozenset(_OTHERS.split())
_NEW_NAME_FOLLOWS = frozenset(["TABLE", "EXISTS", "VIEW", "TO", "AS", "RENAME", "."])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What to look at: *everything*, or what the names mean, if they mean a table.

    *names* are all names in the texts, case-folded; *new* those that may name a new table, as
    written; *renames* says that other tables may refer to something by another name now.
    """

    everything: bool = False
    names: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    renames: bool = False

    def __or__(self, other: "Scope") -> "Scope":
        """Return the scope of both."""
        return Scope(
            everything=self.everything or other.everything,
            names=self.names | other.names,
            new=self.new | other.new,
            renames=self.renames or other.renames,
        )

    def __bool__(self) -> bool:
        """Tell whether there is anything to look at."""
        return self.everything or bool(self.names)


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


def scope(texts: Iterable[str]) -> Scope:
    """Return what the statements can have changed."""
    found = NOTHING
    for text in texts:
        for piece in statements(text, Dialect.MYSQL):
            found |= _scope(piece.parts)
    return found


def _scope(statement: Sequence[Token]) -> Scope:
    words = [token.word for token in statement]
    verb = next((word for word in words if word), "")
    if any(token.shape is Shape.CODE for token in statement):
        return EVERYTHING  # /*! ... */ is SQL in the guise of a comment
    if verb in _CHANGES_NO_SCHEMA and words[1:2] != ["STATEMENT"]:
        return NOTHING  # MariaDB's SET STATEMENT ... FOR runs what follows
    if verb not in _CHANGES_SCHEMA:
        return EVERYTHING
    kind = next((word for word in words if word in _NAMED | _OTHER_OBJECTS), "")
    if kind not in _NAMED:
        return EVERYTHING
    return _named(statement, words)


def _named(statement: Sequence[Token], words: list[str]) -> Scope:
    names = [_name(token) for token in statement]
    before = ["", *(word or token.text for word, token in zip(words, statement, strict=True))]
    return Scope(
        names=frozenset(name.casefold() for name in names if name),
        new=frozenset(
            name
            for name, previous in zip(names, before, strict=False)
            if name and previous in _NEW_NAME_FOLLOWS
        ),
        renames=bool({"RENAME", "CHANGE"} & set(words)),
    )


def _name(token: Token) -> str:
    """Return the name it may be; in the mode ANSI_QUOTES "..." is one."""
    return "" if token.text.startswith("'") else token.name
