"""What was seen of a statement while it ran."""

from dataclasses import dataclass

from alembic_ci.model import Lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one statement did to tables that were there before its revision.

    *locks* are those that it was the first to take; *held* are tables that an earlier statement of
    the transaction had locked already, so that nobody can see what this one would have needed.
    *scans* are absent where the server does not tell them.
    """

    locks: tuple[Lock, ...] = ()
    held: frozenset[str] = frozenset()
    rewrites: tuple[str, ...] = ()
    scans: tuple[str, ...] | None = None
    algorithm: str | None = None
