"""Unique keys that a revision puts on tables that were there before it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from alembic_ci.delta import Attributes, Change, Delta, ObjectKey

_ALWAYS_UNIQUE = frozenset({"unique constraint", "primary key"})
_UNIQUE = frozenset({"UNIQUE", "yes"})  # how the dialects' descriptions of an index say it
_WORD = re.compile(r"\w+")


class NewKey(NamedTuple):
    """A key on *table*; *words*, in small letters, are all that its description holds.

    The columns are among them: the names of those an index uses in an expression, too. *condition*
    is what rows have to meet to be in the key, empty where all of them are.
    """

    table: str
    object: str
    words: frozenset[str]
    condition: str = ""


def new_keys(delta: Delta) -> Iterator[NewKey]:
    """Yield each unique key that is new, or other than before, on a table that is not new."""
    made = {k.name for k, change in delta.changes.items() if k.kind == "table" and _made(change)}
    for key, change in delta.changes.items():
        if key.parent in made or change.after is None or not _unique(key, change.after):
            continue
        if change.before is None or _words(key, change.before) != _words(key, change.after):
            described, condition = _parted(change.after)
            yield NewKey(key.parent, str(key), _words(key, described), condition)


def _made(change: Change) -> bool:
    return change.before is None


def _unique(key: ObjectKey, attributes: Attributes) -> bool:
    if key.kind in _ALWAYS_UNIQUE:
        return True
    return key.kind == "index" and attributes.get("unique") in _UNIQUE


def _parted(attributes: Attributes) -> tuple[Attributes, str]:
    """Take the condition of an index out of its description."""
    definition, _, condition = attributes.get("definition", "").partition(" WHERE ")
    rest = {name: text for name, text in attributes.items() if name != "where"}
    if condition:
        rest["definition"] = definition
    return rest, condition or attributes.get("where", "")


def _words(key: ObjectKey, attributes: Attributes) -> frozenset[str]:
    shown = " ".join((key.name, *attributes.values()))
    return frozenset(word.lower() for word in _WORD.findall(shown))
