"""Ancestors and heads, by plain walks over the parents."""

from collections.abc import Collection, Iterable, Mapping, Sequence

Edges = Mapping[str, Sequence[str]]


def closure(edges: Edges, identifiers: Iterable[str]) -> frozenset[str]:
    """Return *identifiers* and everything they stand on, dependencies included."""
    seen: set[str] = set()
    todo = list(identifiers)
    while todo:
        identifier = todo.pop()
        if identifier not in seen:
            seen.add(identifier)
            todo.extend(edges[identifier])
    return frozenset(seen)


def tips(edges: Edges, identifiers: Collection[str]) -> tuple[str, ...]:
    """Return those of *identifiers* that no other one of them stands on directly.

    The order is that of *edges*.
    """
    needed = {parent for identifier in identifiers for parent in edges[identifier]}
    wanted = set(identifiers) - needed
    return tuple(identifier for identifier in edges if identifier in wanted)
