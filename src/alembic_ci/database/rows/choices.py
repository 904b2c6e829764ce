"""Put rows together: what each column may hold, chosen so that unique keys stay unique.

A slot is a set of columns that get their values together (a foreign key, columns that one CHECK
compares); option *n* is what row *n* gets if nothing speaks against it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product

from alembic_ci.database.rows.made import made
from alembic_ci.database.rows.tables import NULL, Column, ForeignKey, Literals, Table, Type

Option = tuple[str, ...]
Keys = Mapping[ForeignKey, Sequence[Option]]
"""The rows of its parent that each foreign key may point to, as literals."""

_TRIED = 2000  # combinations for one row
_SPARE = 6  # options past those that the wanted rows need


@dataclass(frozen=True, slots=True)
class Slot:
    """Columns and the values they may have together."""

    columns: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """How many rows a table is to have, and how the dialect writes a text as a literal."""

    rows: int
    literal: Callable[[Type, str], str]

    def slots(self, table: Table, keys: Keys) -> tuple[Slot, ...]:
        """Return a slot for each foreign key in *keys* and each column that no key holds."""
        references = _merged(self._reference(table, key, found) for key, found in keys.items())
        held = {name for slot in references for name in slot.columns}
        own = (c for c in table.columns if c.ours and c.name not in held)
        return (*references, *(self._own(column, table) for column in own))

    def _own(self, column: Column, table: Table) -> Slot:
        nullable = column.nullable and column.name not in table.primary_key
        texts = (made(column, number) for number in range(self.rows + _SPARE))
        options = [(self.literal(column.type, text),) for text in texts]
        if self._has_null(nullable=nullable):
            options[self.rows - 1] = (NULL,)
        return Slot((column.name,), tuple(options))

    def _reference(self, table: Table, key: ForeignKey, found: Sequence[Option]) -> Slot:
        options = [found[number % len(found)] for number in range(self.rows)]
        nullable = [table.column(name).nullable for name in key.columns]
        if self._has_null(nullable=any(nullable)):
            last = options[-1]
            options[-1] = tuple(NULL if n else v for n, v in zip(nullable, last, strict=True))
        return Slot(key.columns, (*options, *found))

    def _has_null(self, *, nullable: bool) -> bool:
        return nullable and self.rows > 1


def _merged(slots: Iterable[Slot]) -> list[Slot]:
    """Make one slot of those that share a column, with the options that agree on it."""
    merged: list[Slot] = []
    for slot in slots:
        whole = slot
        for other in [other for other in merged if set(other.columns) & set(slot.columns)]:
            merged.remove(other)
            whole = together(other, whole)
        merged.append(whole)
    return merged


def together(first: Slot, second: Slot) -> Slot:
    """Return one slot of two; where they share columns, both must say the same."""
    new = [i for i, name in enumerate(second.columns) if name not in first.columns]
    shared = [(first.columns.index(n), i) for i, n in enumerate(second.columns) if i not in new]
    pairs = sorted(
        product(enumerate(first.options), enumerate(second.options)),
        key=lambda pair: (max(pair[0][0], pair[1][0]), abs(pair[0][0] - pair[1][0])),
    )
    options = (
        (*a, *(b[i] for i in new))
        for (_, a), (_, b) in pairs
        if all(a[i] == b[j] for i, j in shared)
    )
    columns = (*first.columns, *(second.columns[i] for i in new))
    return Slot(columns, tuple(dict.fromkeys(options)))


class KeysUsedUpError(Exception):
    """No combination of values is left that keeps the keys unique."""


@dataclass(slots=True)
class Chooser:
    """Chooses row after row; *taken* holds the unique values there are already."""

    slots: Sequence[Slot]
    keys: Sequence[tuple[str, ...]]
    taken: set[tuple[tuple[str, ...], Option]]

    def rows(self, numbers: Iterable[int], *, shift: int = 0) -> Iterator[Literals]:
        """Yield one row for each number; *shift* asks for other values than the usual ones.

        Raises:
            KeysUsedUpError: When there is none.
        """
        for number in numbers:
            row = self._row(number + shift)
            self.taken.update(self._held(row))
            yield row

    def _row(self, number: int) -> Literals:
        usual = [number % len(slot.options) for slot in self.slots]
        conflicts = self._conflicts(self._literals(usual))
        if not conflicts:
            return self._literals(usual)
        touched = [i for i, slot in enumerate(self.slots) if conflicts & set(slot.columns)]
        ranges = [_starting(usual[i], len(self.slots[i].options)) for i in touched]
        for other in islice(product(*ranges), _TRIED):
            changed = dict(zip(touched, other, strict=True))
            row = self._literals([changed.get(i, index) for i, index in enumerate(usual)])
            if not self._conflicts(row):
                return row
        columns = ", ".join(sorted(conflicts))
        raise KeysUsedUpError(f"there are no further distinct values for {columns}")

    def _literals(self, indexes: Sequence[int]) -> Literals:
        return {
            name: value
            for slot, index in zip(self.slots, indexes, strict=True)
            for name, value in zip(slot.columns, slot.options[index], strict=True)
        }

    def _conflicts(self, row: Literals) -> set[str]:
        return {
            name for key, value in self._held(row) if (key, value) in self.taken for name in key
        }

    def _held(self, row: Literals) -> Iterator[tuple[tuple[str, ...], Option]]:
        for key in self.keys:
            values = tuple(row.get(name, NULL).lower() for name in key)
            if NULL.lower() not in values:
                yield key, values


def _starting(first: int, count: int) -> list[int]:
    return [*range(first, count), *range(first)]
