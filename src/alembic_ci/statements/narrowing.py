"""Columns whose new type has no room for all values of the old one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alembic_ci.delta import ColumnChange, Delta, Snapshot, columns_of
from alembic_ci.model import Narrowing
from alembic_ci.statements.action import Action
from alembic_ci.statements.column_types import Labels, Values, values
from alembic_ci.statements.course import plain
from alembic_ci.statements.fitting import misfit, sqlite_misfit
from alembic_ci.statements.tokens import Token
from alembic_ci.statements.user_types import ENUM, UserTypes, types_before
from alembic_ci.urls import Dialect

_REFUSED = "values that its constraints do not allow are refused"
_SHORTER = (
    ("character varying", "varchar"),
    ("character(", "char("),
    (" without time zone", ""),
)


class Narrowed(NamedTuple):
    """A column of *table* that a revision makes narrower, called *old* and *new* before and after.

    *held* is what it held, *collation* is how.
    """

    table: str
    old: str
    new: str
    told: Narrowing
    held: Values | None = None
    collation: str = ""

    def by(self, action: Action, parts: Sequence[Token], dialect: Dialect) -> bool:
        """Tell whether *action*, of a statement of these *parts*, is what makes it narrower.

        SQLite keeps any value in a column of any type, unless a copy of the table casts it. MySQL
        says the type again, too, when something else of the column changes.
        """
        if plain(action.object) != plain(self.table):
            return False
        names = {self.old.casefold(), self.new.casefold()}
        if action.kind == "copy table":
            return not names.isdisjoint(_cast(parts))
        if action.kind == "alter table":
            return any(part.word == "CONVERT" for part in parts)
        if action.kind not in {"change type", "change column"}:
            return False
        if not any(part.casefold() in names for part in action.parts):
            return False
        collation = _collation(parts) or self.collation
        said = values(action.declares, dialect, collation, UserTypes({}).labels)
        return said is None or said != self.held


def narrowed(delta: Delta, state: Snapshot, dialect: Dialect) -> tuple[Narrowed, ...]:
    """Return the columns that are narrower after *delta*, which led to *state*."""
    were, are = types_before(delta, state), UserTypes(state)
    found = [_narrower(column, dialect, were, are) for column in columns_of(delta)]
    if dialect is Dialect.POSTGRESQL:
        found += [
            _narrower(ColumnChange(key, attributes, key, attributes), dialect, were, are)
            for name in _losing_labels(delta)
            for key, attributes in state.items()
            if key.kind == "column" and attributes.get("type") == name and key not in delta.changes
        ]
    return tuple(item for item in found if item)


def _narrower(
    column: ColumnChange, dialect: Dialect, were: UserTypes, are: UserTypes
) -> Narrowed | None:
    if column.old is None or column.before is None:
        return None
    before, after = column.before["type"], column.after["type"]
    collation = column.before.get("collation", "")
    if dialect is Dialect.SQLITE:
        old, harm = None, sqlite_misfit(before, after)
    else:
        first, rules = were.plain(_element(before, after))
        second, more = are.plain(_element(after, before))
        old = values(first, dialect, collation, were.labels)
        new = values(second, dialect, column.after.get("collation", ""), are.labels)
        harm = misfit(old, new) if old is not None and new is not None else ""
        harm = harm or (_REFUSED if more - rules else "")
        both = isinstance(old, Labels) and isinstance(new, Labels)
        before, after = ("", "") if both else (_short(before), _short(after))
    if not harm:
        return None
    table, name = column.key.parent, column.key.name
    told = Narrowing(column=f"{table}.{name}", before=before, after=after, harm=harm)
    return Narrowed(table, column.old.name, name, told, old, collation)


def _element(declared: str, other: str) -> str:
    """Return the type of the elements of an array, where the other type is one, too."""
    return declared.removesuffix("[]") if other.endswith("[]") else declared


def _losing_labels(delta: Delta) -> Iterator[str]:
    for key, change in delta.changes.items():
        if key.kind == ENUM and change.before and change.after:
            yield key.name


def _collation(parts: Sequence[Token]) -> str:
    """Return what a statement of MySQL says a column's character set or collation is."""
    for number, token in enumerate(parts[:-1]):
        if token.word in {"CHARSET", "COLLATE"}:
            return parts[number + 1].name
        if token.word == "SET" and parts[number - 1].word == "CHARACTER":
            return parts[number + 1].name
    return ""


def _cast(parts: Sequence[Token]) -> set[str]:
    """Return the columns that a statement casts: ``CAST(orders.note AS INTEGER)``."""
    found = set()
    for number, token in enumerate(parts):
        if token.word == "CAST":
            inside = [part.name.casefold() for part in parts[number + 1 :]]
            found.add(inside[inside.index("as") - 1] if "as" in inside else "")
    return found


def _short(declared: str) -> str:
    for long, short in _SHORTER:
        declared = declared.replace(long, short)
    return declared
