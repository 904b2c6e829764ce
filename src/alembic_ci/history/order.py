"""Alembic's order of revisions, at a cost that does not explode with merges."""

from collections.abc import Iterable, Mapping, Sequence


def newest_first(
    wanted: Iterable[str], heads: Sequence[str], parents: Mapping[str, Sequence[str]]
) -> list[str]:
    """Order *wanted* so that each revision comes before what it stands on.

    There is more than one such order; this is the one ``RevisionMap._topological_sort`` gives.
    It keeps a list of fronts, follows one of them down, and turns to another front when that one
    still stands on the revision in hand. Alembic collects all ancestors anew at every merge
    (5,000 revisions with 1,600 merges: 5 s); counting the children still to come says the same.
    """
    return _Walk(wanted, heads, parents).ordered()


class _Walk:
    def __init__(
        self, wanted: Iterable[str], heads: Sequence[str], parents: Mapping[str, Sequence[str]]
    ) -> None:
        self._children: dict[str, list[str]] = {identifier: [] for identifier in wanted}
        self._parents = {
            identifier: [parent for parent in parents[identifier] if parent in self._children]
            for identifier in self._children
        }
        for identifier, above in self._parents.items():
            for parent in above:
                self._children[parent].append(identifier)
        self._unplaced = {key: len(children) for key, children in self._children.items()}
        self._fronts = [head for head in heads if head in self._children]
        self._at_front = set(self._fronts)
        self._done: set[str] = set()

    def ordered(self) -> list[str]:
        output: list[str] = []
        index = 0
        while self._fronts:
            revision = self._fronts[index]
            if self._unplaced[revision]:
                index = self._front_above(revision)
                continue
            output.append(revision)
            index = self._advance(index, revision)
        return output

    def _advance(self, index: int, revision: str) -> int:
        """Replace the front at *index* by what it stands on; return where to go on."""
        self._done.add(revision)
        self._at_front.discard(revision)
        for parent in self._parents[revision]:
            self._unplaced[parent] -= 1
        new = [parent for parent in self._parents[revision] if parent not in self._at_front]
        self._at_front.update(new)
        self._fronts[index : index + 1] = new[:1]
        self._fronts.extend(new[1:])
        return index if new else max(index - 1, 0)

    def _front_above(self, revision: str) -> int:
        """Return the first front that stands on *revision*."""
        above: set[str] = set()
        todo = [revision]
        while todo:
            for child in self._children[todo.pop()]:
                if child not in above and child not in self._done:
                    above.add(child)
                    todo.append(child)
        return next(index for index, front in enumerate(self._fronts) if front in above)
