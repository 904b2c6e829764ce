"""What a statement does, as plain values."""

from dataclasses import dataclass

_ON = frozenset(["index", "constraint", "key", "check", "trigger", "policy", "rule"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that a statement does; ALTER TABLE may do several.

    *kind* is in lower-case words (``add column``), *object* the table or other object it is done
    to, *parts* the columns, or the index or constraint, *others* further tables that it locks: the
    parent of a foreign key. *declares* is the type that a column is said to have.
    *loses* says what is gone for good, ``""`` if nothing is. *gently* tells that the statement asks
    for the way that lets reads and writes go on: CONCURRENTLY, NOT VALID.
    """

    kind: str
    object: str = ""
    parts: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    declares: str = ""
    loses: str = ""
    gently: bool = False

    def __str__(self) -> str:
        """Say it in a few words: ``add column orders.total``, ``create index ix on orders``."""
        if not self.parts:
            return f"{self.kind} {self.object}".strip()
        if self.kind.rpartition(" ")[2] in _ON:
            return f"{self.kind} {self.parts[0]} on {self.object}"
        return f"{self.kind} {', '.join(f'{self.object}.{part}' for part in self.parts)}"
