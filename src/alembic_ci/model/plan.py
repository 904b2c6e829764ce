"""What a downgrade is about to do."""

from dataclasses import dataclass

from alembic_ci.model.rollback import Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDowngrade:
    """One revision to be taken back: what it ran on the scratch database, what is lost."""

    revision: str
    statements: tuple[str, ...]
    losses: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DowngradePlan:
    """A downgrade rehearsed on a scratch database whose tables hold made rows.

    *scratch* says where that was, *unknown* why it is not known what would be lost. *path* is the
    SQL as a file.
    """

    revisions: tuple[PlannedDowngrade, ...]
    scratch: str = ""
    unknown: str = ""
    path: str = ""

    @property
    def losses(self) -> tuple[Difference, ...]:
        """Everything that is lost, in the order in which it goes."""
        return tuple(loss for item in self.revisions for loss in item.losses)
