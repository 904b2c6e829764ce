"""What was done to a database."""

from dataclasses import dataclass

from alembic_ci.model.plan import DowngradePlan
from alembic_ci.model.states import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResult:
    """What upgrade, downgrade or stamp did; *applied* is in the order of execution."""

    direction: Direction
    before: tuple[str, ...]
    after: tuple[str, ...]
    applied: tuple[str, ...]
    verified: bool
    per_migration: bool = False
    plan: DowngradePlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """What a foreign command printed (``alembic -- ARGS``), redacted."""

    text: str
