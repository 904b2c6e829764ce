"""What can be told of CHECKs and of values for them without asking the server."""

import re
from collections.abc import Iterable, Iterator

from alembic_ci.database.failures import StatementError
from alembic_ci.database.rows.choices import Option, Slot
from alembic_ci.database.rows.tables import NULL, Check, Family, Table

_WORD = re.compile(r"[^\W\d][\w$]*")
_VARIED = 8  # rows; more than that just take what comes


def varied(options: list[Option]) -> Iterator[Option]:
    """Put options first that have little in common with those before, and few NULLs."""
    left = list(options)
    seen: list[set[tuple[int, str]]] = [set()]
    while left and len(seen) <= _VARIED:
        best = min(left, key=lambda option: _likeness(option, seen))
        seen.append(set(enumerate(best)))
        left.remove(best)
        yield best
    yield from left


def _likeness(option: Option, seen: Iterable[set[tuple[int, str]]]) -> tuple[int, int]:
    values = set(enumerate(option))
    return sum(len(values & other) for other in seen) * 2 + option.count(NULL), option.count(NULL)


def mentioned(table: Table, check: Check) -> frozenset[str]:
    """Return the columns *check* depends on, those behind generated columns for them."""
    names = set(check.columns) or names_in(table, check.expression)
    for column in table.columns:
        if column.expression and column.name in names:
            names = (names - {column.name}) | names_in(table, column.expression)
    return frozenset(names)


def names_in(table: Table, expression: str) -> set[str]:
    """Return the columns an expression seems to mention; one too many does no harm."""
    words = {word.lower() for word in _WORD.findall(expression)}
    return {
        column.name
        for column in table.columns
        if column.name.lower() in words
        or (_written(column.name) in _written(expression) and not _WORD.fullmatch(column.name))
    }


def _written(name: str) -> str:
    """Return a text without the signs that quoting doubles."""
    return name.replace('"', "").replace("`", "")


def guessed(table: Table, slot: Slot) -> bool:
    """Tell whether a column's values are of a type whose spelling is not known."""
    kind = table.column(slot.columns[0]).type
    return kind.family is Family.PATTERN and len(kind.labels) > 1


def unsatisfied(checks: Iterable[Check]) -> str:
    """Say that nothing satisfies *checks*."""
    return "no made value satisfies " + " and ".join(f"CHECK ({c.expression})" for c in checks)


def said(error: StatementError) -> str:
    """Return what the server itself said."""
    return error.problem.partition(": ")[2] or error.problem
