"""Database schemas as plain values, and what changed between two of them.

A snapshot maps each object to its attributes. A delta holds only the objects that changed, so
proving a revision costs what the revision touched and not what the database holds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class ObjectKey(NamedTuple):
    """The identity of one schema object.

    *kind* is a word such as ``table``, ``column``, ``index``, ``foreign key``, ``enum type``;
    *parent* the table (schema-qualified outside the default schema) it belongs to, else ``""``.
    """

    kind: str
    parent: str
    name: str

    def __str__(self) -> str:
        """Name the object the way a person would: ``column users.email``."""
        return (
            f"{self.kind} {self.parent}.{self.name}" if self.parent else f"{self.kind} {self.name}"
        )


Attributes = Mapping[str, str]
Snapshot = Mapping[ObjectKey, Attributes]


class Change(NamedTuple):
    """One object before and after; ``None`` where it does not exist."""

    before: Attributes | None
    after: Attributes | None


@dataclass(frozen=True, slots=True)
class Delta:
    """The objects that changed between two moments; an empty delta is false."""

    changes: Mapping[ObjectKey, Change]

    @classmethod
    def between(cls, before: Snapshot, after: Snapshot) -> "Delta":
        """Compare two whole snapshots."""
        keys = before.keys() | after.keys()
        differing = (key for key in keys if before.get(key) != after.get(key))
        return cls({key: Change(before.get(key), after.get(key)) for key in differing})

    def then(self, later: "Delta") -> "Delta":
        """Return the net change of this delta followed by *later*; undone changes vanish."""
        keys = self.changes.keys() | later.changes.keys()
        return self._of((key, self._joined(key, later)) for key in keys)

    def without(self, other: "Delta") -> "Delta":
        """Return the changes of objects that *other* does not mention."""
        return Delta({k: c for k, c in self.changes.items() if k not in other.changes})

    def _joined(self, key: ObjectKey, later: "Delta") -> Change:
        first, second = self.changes.get(key), later.changes.get(key)
        if first is None:
            return later.changes[key]
        return first if second is None else Change(first.before, second.after)

    @classmethod
    def _of(cls, changes: Iterator[tuple[ObjectKey, Change]]) -> "Delta":
        return cls({key: change for key, change in changes if change.before != change.after})

    def __bool__(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.changes)


class ColumnChange(NamedTuple):
    """A column that is there after a change, *old* its key before, where it was there at all."""

    key: ObjectKey
    after: Attributes
    old: ObjectKey | None
    before: Attributes | None


def columns_of(delta: Delta) -> Iterator[ColumnChange]:
    """Yield the columns that a delta makes or changes; one with another name keeps its place."""
    columns = [item for item in delta.changes.items() if item[0].kind == "column"]
    gone = {
        (key.parent, change.before["position"]): (key, change.before)
        for key, change in columns
        if change.before and change.after is None
    }
    for key, change in columns:
        if change.after is None:
            continue
        old, before = (key, change.before) if change.before else (None, None)
        if old is None:
            old, before = gone.get((key.parent, change.after["position"]), (None, None))
        yield ColumnChange(key, change.after, old, before)


def tables_of(delta: Delta) -> frozenset[str]:
    """Return the names of the tables that a delta speaks of."""
    return frozenset(
        key.parent or key.name for key in delta.changes if key.parent or key.kind == "table"
    )
