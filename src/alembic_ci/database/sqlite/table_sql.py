"""What only the text of CREATE TABLE knows: checks, collations, constraint names, deferral.

Grammar: https://www.sqlite.org/lang_createtable.html. SQLite itself keeps nothing but this text,
and has no PRAGMA for these facts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from alembic_ci.database.sqlite.tokens import (
    Token,
    canonical,
    closing,
    tokens,
    without_outer_parentheses,
)
from alembic_ci.statements import Shape

_TABLE_CLAUSES = {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}
_CLAUSES = _TABLE_CLAUSES | {"REFERENCES", "COLLATE", "GENERATED", "AS", "DEFAULT", "NOT", "NULL"}
_CONTINUED = {
    ("NOT", "DEFERRABLE"),
    ("SET", "NULL"),
    ("SET", "DEFAULT"),
    ("NOT", "NULL"),
    ("ALWAYS", "AS"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One constraint or column clause: CHECK, UNIQUE, PRIMARY, FOREIGN, REFERENCES, COLLATE, ...

    *name* is what CONSTRAINT called it; *column* is the column it was written at, if at one.
    """

    word: str
    name: str
    column: str
    parts: tuple[Token, ...]

    @property
    def words(self) -> str:
        """The keywords outside parentheses, as one text to search in."""
        return " ".join(token.word for token in _outside(self.parts))

    @property
    def expression(self) -> str:
        """The first group in parentheses, without them."""
        group = self.group()
        return canonical(without_outer_parentheses(group))

    @property
    def on_conflict(self) -> str:
        """The ON CONFLICT action, empty for the default."""
        action = self.words.partition("ON CONFLICT ")[2].partition(" ")[0]
        return "" if action == "ABORT" else action

    @property
    def deferred(self) -> bool:
        """Tell whether a foreign key is checked only at commit (the one spelling that is)."""
        return "INITIALLY DEFERRED" in self.words and "NOT DEFERRABLE" not in self.words

    def group(self) -> tuple[Token, ...]:
        """Return the first group in parentheses, with them; nothing when there is none."""
        for index, token in enumerate(self.parts):
            if token.shape is Shape.SIGN and token.text == "(":
                return self.parts[index : closing(self.parts, index) + 1]
        return ()

    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns of a key, written at a column or in parentheses."""
        if self.column:
            return (self.column,)
        return tuple(item[0].name for item in split(self.group()[1:-1]) if item)


@dataclass(frozen=True, slots=True)
class TableText:
    """A CREATE TABLE statement taken apart."""

    clauses: tuple[Clause, ...] = ()
    options: frozenset[str] = frozenset()

    def all(self, *words: str) -> Iterator[Clause]:
        """Yield the clauses that start with one of *words*, in the order of the text."""
        return (clause for clause in self.clauses if clause.word in words)


def table_text(sql: str) -> TableText:
    """Take a CREATE TABLE statement apart."""
    parts = tokens(sql)
    opening = next((i for i, token in enumerate(parts) if token.text == "("), len(parts))
    end = closing(parts, opening) if opening < len(parts) else opening
    definitions = split(parts[opening + 1 : end])
    clauses = tuple(clause for definition in definitions for clause in _definition(definition))
    options = canonical(parts[end + 1 :]).upper()
    return TableText(clauses, frozenset(option.strip() for option in options.split(",") if option))


def split(parts: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Cut at the commas that stand outside parentheses."""
    start, index = 0, 0
    while index < len(parts):
        if parts[index].shape is Shape.SIGN and parts[index].text == "(":
            index = closing(parts, index)
        elif parts[index].shape is Shape.SIGN and parts[index].text == ",":
            yield tuple(parts[start:index])
            start = index + 1
        index += 1
    if parts:
        yield tuple(parts[start:])


def _definition(parts: tuple[Token, ...]) -> Iterator[Clause]:
    """Yield the clauses of one column or of one or more table constraints."""
    column = "" if not parts or parts[0].word in _TABLE_CLAUSES else parts[0].name
    name = ""
    for clause in _cut(parts[1:] if column else parts):
        word = clause[0].word
        if word == "CONSTRAINT":
            name = clause[1].name if len(clause) > 1 else ""
            continue
        yield Clause(word=word, name=name, column=column, parts=clause)
        name = ""


def _cut(parts: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    starts = []
    index, before = 0, ""
    foreign = False
    while index < len(parts):
        word = parts[index].word
        continued = (before, word) in _CONTINUED or (foreign and word == "REFERENCES")
        deferral = word == "NOT" and _word_at(parts, index + 1) == "DEFERRABLE"
        if word in _CLAUSES and before != "CONSTRAINT" and not continued and not deferral:
            starts.append(index)
            foreign = word == "FOREIGN"
        if parts[index].shape is Shape.SIGN and parts[index].text == "(":
            index = closing(parts, index)
        index, before = index + 1, word
    for start, end in pairwise([*starts, len(parts)]):
        yield parts[start:end]


def _word_at(parts: Sequence[Token], index: int) -> str:
    return parts[index].word if index < len(parts) else ""


def _outside(parts: Sequence[Token]) -> Iterator[Token]:
    index = 0
    while index < len(parts):
        if parts[index].shape is Shape.SIGN and parts[index].text == "(":
            index = closing(parts, index)
        else:
            yield parts[index]
        index += 1
