"""The statements of a revision, one by one: what each does, and what has to wait for it.

A list stands in two places. ``SqlResult.statements`` comes from the rendered SQL, judged by its
text; ``RollbackResult.statements`` from a run on a scratch database whose tables hold rows, and
knows the line of the revision, times, and what was measured. `statements` of a report's row takes
the second for every revision that has both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.model.states import Direction


class Blocks(StrEnum):
    """What others cannot do to a table while a lock on it is held, the least first."""

    NOTHING = "nothing"
    SCHEMA = "schema changes"
    WRITES = "writes"
    READS = "reads and writes"


class Risk(StrEnum):
    """The worst that statements do to what was there before, in one word for a table's cell."""

    NONE = "none"
    LOCKS_WRITES = "locks writes"
    LOCKS_READS = "locks reads"
    REWRITES = "rewrites"
    DESTROYS = "destroys"


_BLOCKED = {Blocks.WRITES: Risk.LOCKS_WRITES, Blocks.READS: Risk.LOCKS_READS}
_BLOCKS = tuple(Blocks)
_RISKS = tuple(Risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A lock on a table that was there before; *mode* is the server's own word for it."""

    object: str
    mode: str
    blocks: Blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """A column whose new type has no room for all values of the old one; *harm* is what they meet.

    *column* is named with its table. The types are empty where *harm* says what is different.
    """

    column: str
    before: str
    after: str
    harm: str

    def __str__(self) -> str:
        """Say it behind the word *narrows*."""
        types = f" from {self.before} to {self.after}" if self.before else ""
        return f"{self.column}{types}: {self.harm}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a revision.

    *text* holds its parameters as literals, cut where it is very long; *times* is how often it was
    executed in one go with others. *actions* say what it does (``add column
    orders.total``), *objects* name what it does it to, *loses* what of the environment's data is
    gone after it, *narrows* the columns whose new type has no room for all of their values.
    *captured* tells that it was seen running; *duration* (seconds) and *rows*
    (touched, on the scratch database) are known only then. Locks, *rewrites* (tables written anew)
    and *scans* (tables read from end to end under a lock) are of tables that were there before any
    of the revisions; *measured* tells them from what the text lets one expect. *algorithm* is the
    least that MariaDB or MySQL need for it: ``INSTANT``, ``NOCOPY``, ``INPLACE`` or ``COPY``.
    """

    revision: str
    direction: Direction
    text: str
    actions: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    narrows: tuple[Narrowing, ...] = ()
    file: str | None = None
    line: int | None = None
    captured: bool = False
    times: int = 1
    duration: float | None = None
    rows: int | None = None
    measured: bool = False
    locks: tuple[Lock, ...] = ()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] = ()
    algorithm: str | None = None

    @property
    def blocks(self) -> Blocks:
        """The worst that others have to wait with."""
        return max((lock.blocks for lock in self.locks), key=_BLOCKS.index, default=Blocks.NOTHING)

    @property
    def destroys(self) -> bool:
        """Tell whether data is gone after it, or may be."""
        return bool(self.loses or self.narrows)

    @property
    def locking(self) -> bool:
        """Tell whether reads or writes of a table have to wait for it."""
        return self.blocks in _BLOCKED

    @property
    def risk(self) -> Risk:
        """The worst that it does."""
        if self.destroys:
            return Risk.DESTROYS
        if self.rewrites:
            return Risk.REWRITES
        return _BLOCKED.get(self.blocks, Risk.NONE)


def risk(statements: Iterable[Statement]) -> Risk:
    """Return the worst that any of *statements* does."""
    return max((item.risk for item in statements), key=_RISKS.index, default=Risk.NONE)
