"""A snapshot kept in parts, so that replacing one part costs what that part holds."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from alembic_ci.delta import Attributes, Change, Delta, ObjectKey, Snapshot

Part = Mapping[ObjectKey, Attributes]


class Ledger:
    """The believed state of a schema.

    *part_of* says from a key alone which part an object belongs to, such as its table.
    """

    def __init__(self, part_of: Callable[[ObjectKey], str]) -> None:
        self.state: dict[ObjectKey, Attributes] = {}
        self._part_of = part_of
        self._keys: defaultdict[str, set[ObjectKey]] = defaultdict(set)

    def keys(self, part: str) -> frozenset[ObjectKey]:
        """Return what the part holds now."""
        return frozenset(self._keys.get(part, ()))

    def replace(self, parts: Mapping[str, Part]) -> Delta:
        """Give each named part its new content (an empty one ends it); return what changed."""
        changes: dict[ObjectKey, Change] = {}
        for part, after in parts.items():
            for key in self.keys(part) | after.keys():
                change = Change(self.state.get(key), after.get(key))
                if change.before != change.after:
                    changes[key] = change
        self._write({key: change.after for key, change in changes.items()})
        return Delta(changes)

    def replace_all(self, snapshot: Snapshot) -> Delta:
        """Take a whole new state; return what changed."""
        delta = Delta.between(self.state, snapshot)
        self._write({key: change.after for key, change in delta.changes.items()})
        return delta

    def undo(self, delta: Delta) -> None:
        """Put back the state before *delta*."""
        self._write({key: change.before for key, change in delta.changes.items()})

    def _write(self, objects: Mapping[ObjectKey, Attributes | None]) -> None:
        for key, attributes in objects.items():
            keys = self._keys[self._part_of(key)]
            if attributes is None:
                self.state.pop(key, None)
                keys.discard(key)
            else:
                self.state[key] = attributes
                keys.add(key)


def distinct(
    items: Iterable[tuple[ObjectKey, Attributes]],
) -> Iterator[tuple[ObjectKey, Attributes]]:
    """Number objects without names of their own that say the same, so that none hides another."""
    seen: defaultdict[ObjectKey, int] = defaultdict(int)
    for key, attributes in sorted(items, key=lambda item: (item[0], sorted(item[1].items()))):
        seen[key] += 1
        count = seen[key]
        yield (key if count == 1 else key._replace(name=f"{key.name} {count}")), attributes
