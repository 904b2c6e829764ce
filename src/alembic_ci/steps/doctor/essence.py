"""What of a schema tells revisions apart, and is the same on a live server and a scratch one."""

from collections.abc import Collection, Mapping

from alembic_ci.delta import Attributes, ObjectKey, Snapshot

# Owners, grants and places are made by people and servers, and an order of columns by history.
_CIRCUMSTANCES = frozenset(
    {"owner", "privileges", "tablespace", "statistics", "position", "access_method", "clustered"}
)
_ABOUT_THE_SERVER = frozenset(
    {"database", "database settings", "default privileges", "extension", "event trigger"}
    | {"language", "publication", "foreign data wrapper", "foreign server", "user mapping"}
)
_BROKEN = "INVALID"

Essence = Mapping[ObjectKey, Attributes]


def essence(snapshot: Snapshot, schema: str = "") -> dict[ObjectKey, Attributes]:
    """Return the objects that count; an invalid index serves nobody and counts as absent.

    With *schema*, a tenant's own, only what lies in it counts.
    """
    return {
        key: essential(attributes)
        for key, attributes in snapshot.items()
        if counts(key, schema) and attributes.get("valid") != _BROKEN
    }


def counts(key: ObjectKey, schema: str = "") -> bool:
    """Tell whether an object is made by revisions, and those of *schema* if there is one."""
    inside = not schema or (key.parent or key.name).startswith(f"{schema}.")
    return inside and key.kind not in _ABOUT_THE_SERVER


def essential(attributes: Attributes) -> Attributes:
    """Return the attributes that revisions give an object."""
    return {name: value for name, value in attributes.items() if name not in _CIRCUMSTANCES}


def differing(one: Essence, other: Essence) -> frozenset[ObjectKey]:
    """Return the objects that are not the same in both."""
    return frozenset(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def agree(one: Essence, other: Essence, keys: Collection[ObjectKey]) -> bool:
    """Tell whether two schemas are the same as far as *keys* go."""
    return all(one.get(key) == other.get(key) for key in keys)
