"""What the doctor found."""

from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.model.problem import Problem
from alembic_ci.model.states import Direction


class Presence(StrEnum):
    """Whether a statement of an unfinished revision is in the database."""

    IN = "in"
    MISSING = "missing"
    UNDECIDED = "undecided"


class Way(StrEnum):
    """Out of a half-applied revision: on to its end, or back to where it began."""

    FINISH = "finish"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedStatement:
    """One statement of an unfinished revision, its values written out."""

    sql: str
    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """One way out of a half-applied revision.

    *statements* are to be run in order, then the version table is to hold *after*. *refused* says
    why the tool does not run it; *done* and *verified* tell whether it did.
    """

    way: Way
    statements: tuple[str, ...]
    after: tuple[str, ...]
    refused: str = ""
    done: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfApplied:
    """A revision that stands in the database in part."""

    revision: str
    direction: Direction
    statements: tuple[PlacedStatement, ...]
    recoveries: tuple[Recovery, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisResult:
    """What is wrong with one database, and what is only worth knowing.

    *current* is what the version table holds. *compared* says what the schema was compared with,
    or why it was not.
    """

    current: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...] = ()
    compared: str = ""
    half_applied: HalfApplied | None = None
