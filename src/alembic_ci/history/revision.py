"""One revision file as plain values."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from alembic_ci.model import RevisionInfo

LONGEST_ID = 32  # alembic_version.version_num is VARCHAR(32) unless env.py says otherwise


class Body(StrEnum):
    """What an ``upgrade`` or ``downgrade`` function consists of."""

    MISSING = "missing"
    EMPTY = "empty"  # pass, a docstring, ...: nothing that does anything
    RAISES = "raises"  # the first thing it does is to raise
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a revision file says of itself; ids and labels are as written there.

    *line* and *parent_line* are those of the ``revision`` and ``down_revision`` assignments.
    *irreversible* is the reason behind ``# alembic-ci: irreversible`` (``""`` if none was given),
    ``None`` when the file holds no such comment.
    """

    revision: str
    message: str
    path: Path
    line: int
    down_revisions: tuple[str, ...]
    parent_line: int
    depends_on: tuple[str, ...] = ()
    branch_labels: tuple[str, ...] = ()
    upgrade: Body = Body.CODE
    downgrade: Body = Body.CODE
    downgrade_line: int | None = None
    irreversible: str | None = None

    @property
    def too_long(self) -> bool:
        """Tell whether a server that checks lengths refuses the id in the version table."""
        return len(self.revision) > LONGEST_ID


def relative(path: Path, folder: Path) -> str:
    """Return *path* as seen from *folder*, or whole when it lies elsewhere."""
    if path == folder:
        return "."
    return path.as_posix().removeprefix(f"{folder.as_posix().rstrip('/')}/")


def info(revision: Revision, start: Path) -> RevisionInfo:
    """Return what a report shows of *revision*; *start* is a folder without links on its way."""
    return RevisionInfo(
        revision=revision.revision,
        message=revision.message,
        file=relative(revision.path, start),
        line=revision.line,
        down_revisions=revision.down_revisions,
        depends_on=revision.depends_on,
        branch_labels=revision.branch_labels,
    )
