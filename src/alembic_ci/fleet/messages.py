"""What the process of a run and the processes of its lanes say to each other."""

from collections.abc import Hashable
from dataclasses import dataclass

from alembic_ci.fleet.visit import Done
from alembic_ci.steps.context import Outcome


@dataclass(frozen=True, slots=True)
class Finished:
    """A database is done, and the lane wants the next."""

    number: int
    done: Done


@dataclass(frozen=True, slots=True)
class Claimed:
    """The lane wants to know what others have proved; it waits for a ``Known``."""

    key: Hashable


@dataclass(frozen=True, slots=True)
class Published:
    """The lane has proved what it claimed, or nothing came of it."""

    key: Hashable
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Said:
    """Something for those who watch."""

    text: str
    foreign: bool = False


Heard = Finished | Claimed | Published | Said


@dataclass(frozen=True, slots=True)
class Take:
    """Work on this database."""

    number: int


@dataclass(frozen=True, slots=True)
class Known:
    """What others have proved; None: prove it yourself."""

    outcome: Outcome | None


Told = Take | Known
