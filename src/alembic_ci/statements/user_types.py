"""Enum types and domains of PostgreSQL, as the objects of a schema say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from alembic_ci.delta import Attributes, Delta, ObjectKey, Snapshot
from alembic_ci.statements.column_types import quoted
from alembic_ci.urls import Dialect

ENUM = "enum type"
_DOMAIN, _CHECK = "domain", "check constraint"
_NOT_NULL = "NOT NULL"


class UserTypes(NamedTuple):
    """The types of a schema whose objects are those of *state*, but for the *changed* ones."""

    state: Snapshot
    changed: Mapping[ObjectKey, Attributes | None] = MappingProxyType({})

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Return the labels of an enum type, None for a type that is none."""
        found = self._found(ObjectKey(ENUM, "", name))
        return None if found is None else tuple(quoted(found.get("labels", ""), Dialect.POSTGRESQL))

    def plain(self, declared: str) -> tuple[str, frozenset[str]]:
        """Return the type below a domain, and the rules of the domains on the way to it."""
        rules: set[str] = set()
        while domain := self._found(ObjectKey(_DOMAIN, "", declared)):
            rules |= self._checks(declared)
            if domain["nullable"] == _NOT_NULL:
                rules.add(_NOT_NULL)
            declared = domain["type"]
        return declared, frozenset(rules)

    def _checks(self, domain: str) -> set[str]:
        keys = {k for k in (*self.state, *self.changed) if k.kind == _CHECK and k.parent == domain}
        return {found["definition"] for key in keys if (found := self._found(key))}

    def _found(self, key: ObjectKey) -> Attributes | None:
        return self.changed[key] if key in self.changed else self.state.get(key)


def types_before(delta: Delta, state: Snapshot) -> UserTypes:
    """Return the types that were there before *delta*, which led to *state*."""
    return UserTypes(state, {key: change.before for key, change in delta.changes.items()})
