"""The SQL that a database is about to get."""

from dataclasses import dataclass
from enum import StrEnum

from alembic_ci.model.problem import Problem
from alembic_ci.model.statement import Statement
from alembic_ci.model.states import Direction


class Origin(StrEnum):
    """Where the SQL of a revision comes from."""

    OFFLINE = "offline"  # rendered by Alembic without a database
    CAPTURED = "captured"  # seen at the driver while it ran on a scratch database


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """Where the SQL that Alembic renders offline is not what runs.

    The first statement that differs on each side, ``""`` where there is none any more; *line* is
    where the revision makes it.
    """

    offline: str
    captured: str
    line: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedRevision:
    """The SQL of one revision in one direction; *problem* says why there is none.

    *compared* tells that the revision was also run, and *divergence* that offline mode rendered
    something else; what is written then is what ran. *reads* counts the queries of a captured
    revision that were left out: what follows them may depend on the data. *unseen* are the lines
    that use the driver directly, past SQLAlchemy: what they execute is not in the SQL.
    """

    revision: str
    direction: Direction
    path: str
    statement_count: int
    origin: Origin = Origin.OFFLINE
    compared: bool = False
    divergence: Divergence | None = None
    reads: int = 0
    unseen: tuple[int, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStatement:
    """What env.py itself executes before the migrations; *written* tells that scripts have it."""

    text: str
    file: str
    line: int | None
    written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlResult:
    """The rendered scripts; paths are relative to the working directory, *sql* is the upgrade.

    *statements* are those of the upgrade and then those of the way back, judged by their text.
    Values of columns that look secret are left out of them and of *sql*; *sha256* is of the upgrade
    script as the file has it, *shared_sha256* of what its revisions do, whatever the *setup* before
    them. *uncompared* says why some revisions were not run to compare.
    """

    upgrade_path: str
    downgrade_path: str
    sql: str
    sha256: str
    shared_sha256: str
    revisions: tuple[RenderedRevision, ...]
    statements: tuple[Statement, ...] = ()
    setup: tuple[SetupStatement, ...] = ()
    uncompared: str = ""

    @property
    def unrendered(self) -> tuple[RenderedRevision, ...]:
        """The revisions that have no SQL."""
        return tuple(item for item in self.revisions if item.problem)

    @property
    def captured(self) -> tuple[RenderedRevision, ...]:
        """The revisions whose SQL was seen running."""
        return tuple(item for item in self.revisions if item.origin is Origin.CAPTURED)
