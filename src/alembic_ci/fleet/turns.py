"""Which database comes next, and why some never do: the canary first, and not too many failures."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

INTERRUPTED = "the run was interrupted"


class Turns:
    """A list of databases, known by name, handed out one by one and told how each ended.

    While one of *canaries* is not done, nothing else is handed out, and nothing at all after one
    has failed. After *max_failures* (0: any number) the rest is left out. The *excluded*, each with
    a reason, never have a turn.
    """

    def __init__(
        self,
        names: Sequence[str],
        *,
        canaries: Collection[int] = (),
        max_failures: int = 0,
        excluded: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        wanted = [number for number in range(len(names)) if number not in excluded]
        self._names = names
        self._excluded = excluded
        self._canaries = [number for number in wanted if number in canaries]
        self._others = [number for number in wanted if number not in canaries]
        self._waiting: set[int] = set(self._canaries)
        self._max_failures = max_failures
        self._failed = 0
        self._reason = ""
        self._handed: set[int] = set()

    def take(self) -> int | None:
        """Return the next one; None when there is none, or none yet."""
        queue = self._canaries or ([] if self._waiting else self._others)
        if self._reason or not queue:
            return None
        number = queue.pop(0)
        self._handed.add(number)
        return number

    def done(self, number: int, *, failed: bool) -> None:
        """Note how one ended."""
        if failed:
            self._failed += 1
            if number in self._waiting:
                self.stop(f"the canary {self._names[number]} failed")
            elif self._max_failures and self._failed >= self._max_failures:
                word = "database" if self._failed == 1 else "databases"
                self.stop(f"{self._failed} {word} had failed, as many as --max-failures allows")
        self._waiting.discard(number)

    def stop(self, reason: str) -> None:
        """Hand out nothing more; the first reason counts."""
        self._reason = self._reason or reason

    def left_out(self) -> Mapping[int, str]:
        """Return those that were never handed out, each with the reason."""
        rest = (number for number in range(len(self._names)) if number not in self._handed)
        return {number: self._excluded.get(number, self._reason) for number in rest}


def canaries(wanted: Sequence[str], labels: Sequence[str]) -> frozenset[int]:
    """Return which databases go first: so many of them, or those with the labels that are named.

    A label that is not among *labels* (in another shard, say) is no canary here.
    """
    if len(wanted) == 1 and wanted[0].isdigit() and wanted[0] not in labels:
        return frozenset(range(min(int(wanted[0]), len(labels))))
    return frozenset(number for number, label in enumerate(labels) if label in wanted)
