"""Rows of a description as units: what belongs to one relation, type, routine or whole section."""

import json
from collections.abc import Iterable, Mapping

from alembic_ci.database.postgresql.naming import Described, normalised
from alembic_ci.database.postgresql.statement import SETTINGS_ROW
from alembic_ci.database.tracking import Value
from alembic_ci.delta import Attributes, ObjectKey

UnitKey = tuple[str, int]
Objects = Mapping[ObjectKey, Attributes]


def units(rows: Iterable[Iterable[Value]]) -> dict[UnitKey, Objects]:
    """Return the objects of each unit; a unit that was only marked has none left."""
    described: dict[UnitKey, list[Described]] = {}
    for name, oid, kind, parent, own, attributes in rows:
        if name == SETTINGS_ROW:
            continue
        unit = described.setdefault((str(name), int(oid or 0)), [])
        if kind is not None:
            key = ObjectKey(str(kind), str(parent or ""), str(own))
            unit.append((key, _texts(str(attributes))))
    return {key: dict(normalised(unit)) for key, unit in described.items()}


def _texts(attributes: str) -> dict[str, str]:
    loaded: dict[str, object] = json.loads(attributes)
    return {name: str(value) for name, value in loaded.items()}
