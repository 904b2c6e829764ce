"""Rows of a description as units: what belongs to one relation, type, routine or whole section."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from alembic_ci.database.postgresql.naming import Described, normalised
from alembic_ci.database.postgresql.privileges import in_words
from alembic_ci.database.tracking import Value
from alembic_ci.delta import Attributes, Delta, ObjectKey

UnitKey = tuple[str, int]
Objects = Mapping[ObjectKey, Attributes]
Units = Mapping[UnitKey, Objects]

# PostgreSQL 17.12 counts the versions of a column among its options: nobody has set this one.
_OF_SERVER = "pg_attver="
_REMEMBERED = 1000  # units: a downgrade and a second upgrade lead to what was there before


class UnitStore:
    """The state, and which unit each of its objects belongs to."""

    def __init__(self) -> None:
        self.state: dict[ObjectKey, Attributes] = {}
        self._units: dict[UnitKey, Objects] = {}
        self._replaced: Units = {}
        self._delta = Delta({})

    def clear(self) -> None:
        """Forget everything."""
        self.state.clear()
        self._units.clear()

    def has(self, unit: UnitKey) -> bool:
        """Tell whether a unit has any objects."""
        return unit in self._units

    def replace_all(self, described: Units) -> Delta:
        """Put *described* in the place of everything."""
        before = dict(self.state)
        gone: dict[UnitKey, Objects] = {unit: {} for unit in self._units if unit not in described}
        self.state.clear()
        self.replace({**gone, **described})
        self._delta = Delta.between(before, self.state)
        return self._delta

    def replace(self, described: Units) -> Delta:
        """Put units in the place of what they were; first all old objects go, for some may move."""
        self._replaced = {unit: self._units.get(unit, {}) for unit in described}
        before, after = _objects(self._replaced), _objects(described)
        self._put(before, described, after)
        self._delta = Delta.between(before, after)
        return self._delta

    def undo(self, delta: Delta) -> bool:
        """Take back *delta*; return False if it is not the last, and units are now out of date."""
        if delta is self._delta:
            now = {unit: self._units.get(unit, {}) for unit in self._replaced}
            self._put(_objects(now), self._replaced, _objects(self._replaced))
            self._replaced, self._delta = {}, Delta({})
            return True
        for key, change in delta.changes.items():
            self.state.pop(key, None)
            if change.before is not None:
                self.state[key] = change.before
        return False

    def _put(self, before: Objects, described: Units, after: Objects) -> None:
        for key in before:
            self.state.pop(key, None)
        self.state.update(after)
        for unit, objects in described.items():
            self._units.pop(unit, None)
            if objects:
                self._units[unit] = objects


def _objects(described: Units) -> dict[ObjectKey, Attributes]:
    return {key: value for objects in described.values() for key, value in objects.items()}


def units(
    rows: Iterable[Iterable[Value]], touched: Iterable[UnitKey] = ()
) -> dict[UnitKey, Objects]:
    """Return the objects of each unit; one that was *touched* may have none left."""
    described: dict[UnitKey, list[tuple[Value, ...]]] = {unit: [] for unit in touched}
    for unit, oid, *row in rows:
        if unit is not None:
            described.setdefault((str(unit), int(oid or 0)), []).append(tuple(row))
    return {key: _described(tuple(found)) for key, found in described.items()}


@lru_cache(maxsize=_REMEMBERED)
def _described(rows: tuple[tuple[Value, ...], ...]) -> Objects:
    """Return the objects of one unit."""
    described = [
        (ObjectKey(str(kind), str(parent or ""), str(name)), _texts(str(attributes)))
        for kind, parent, name, attributes in rows
    ]
    return dict(normalised(_positioned(described)))


def _positioned(described: list[Described]) -> list[Described]:
    """Give columns their positions; the numbers they have count those that were dropped."""
    numbers = sorted(int(found["_number"]) for _, found in described if "_number" in found)
    for _, attributes in described:
        if "_number" in attributes:
            attributes["position"] = str(numbers.index(int(attributes["_number"])) + 1)
    return described


def _texts(attributes: str) -> dict[str, str]:
    loaded: dict[str, object] = json.loads(attributes)
    texts = ((name, _text(value)) for name, value in loaded.items())
    return {name: text for name, text in texts if text is not None}


def _text(value: object) -> str | None:
    """Return a text for what SQL returned: a plain value, options, or an ACL and its default."""
    match value:
        case [[*items], None]:
            return in_words(_strings(items), None)
        case [[*items], [*default]]:
            return in_words(_strings(items), _strings(default))
        case [*entries]:
            options = (entry for entry in _strings(entries) if not entry.startswith(_OF_SERVER))
            return ", ".join(sorted(options)) or None
        case _:
            return str(value)


def _strings(items: Sequence[object]) -> list[str]:
    return [str(item) for item in items]
