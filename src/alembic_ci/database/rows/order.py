"""In which order tables are filled, so that what a row refers to is there before it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field


def groups(needs: Mapping[str, Collection[str]]) -> Iterator[tuple[str, ...]]:
    """Yield groups of names, each after everything it needs.

    A group has more than one member, or needs itself, exactly when it is a cycle. Names that are
    needed but no key of *needs* are left out. (Tarjan's strongly connected components, without
    recursion: a chain of references may be longer than Python's stack.)
    """
    search = _Search(needs)
    for name in needs:
        if name not in search.index:
            yield from search.components(name)


@dataclass(slots=True)
class _Search:
    needs: Mapping[str, Collection[str]]
    index: dict[str, int] = field(default_factory=dict)
    lowest: dict[str, int] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    on_path: set[str] = field(default_factory=set)

    def components(self, start: str) -> Iterator[tuple[str, ...]]:
        work = [(start, self._enter(start))]
        while work:
            name, pending = work[-1]
            for other in pending:
                if other not in self.index:
                    work.append((other, self._enter(other)))
                    break
                if other in self.on_path:
                    self.lowest[name] = min(self.lowest[name], self.index[other])
            else:
                work.pop()
                if work:
                    caller = work[-1][0]
                    self.lowest[caller] = min(self.lowest[caller], self.lowest[name])
                if self.lowest[name] == self.index[name]:
                    yield self._leave(name)

    def _enter(self, name: str) -> Iterator[str]:
        self.index[name] = self.lowest[name] = len(self.index)
        self.path.append(name)
        self.on_path.add(name)
        return iter([other for other in self.needs[name] if other in self.needs])

    def _leave(self, name: str) -> tuple[str, ...]:
        start = self.path.index(name)
        found = tuple(self.path[start:])
        del self.path[start:]
        self.on_path.difference_update(found)
        return found
