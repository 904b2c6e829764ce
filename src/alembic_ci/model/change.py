"""What was done to a database."""

from dataclasses import dataclass

from alembic_ci.model.plan import DowngradePlan
from alembic_ci.model.rollback import Difference
from alembic_ci.model.states import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class LockWait:
    """The wait for another job: how long, and who it was in words."""

    seconds: float
    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A try that failed, left nothing behind and was made again *pause* seconds later.

    *revision* is None when it failed outside of all revisions; *code* is the driver's, *reason*
    says in words what is behind it, *blocked_by* who was in the way, as far as it was seen.
    """

    revision: str | None
    code: str
    reason: str
    blocked_by: tuple[str, ...]
    pause: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeResult:
    """What upgrade, downgrade or stamp did; *applied* is in the order of execution.

    *transactional* tells whether DDL is rolled back with its transaction, *per_migration* whether
    each revision has one of its own. *committing* are those of *applied* that committed something
    by themselves, in the middle of theirs.

    *waited* tells of another job that had the migration lock. *differences* are between the schema
    and the one that the rollback test led to, *notices* what is worth knowing and fails nothing.
    """

    direction: Direction
    before: tuple[str, ...]
    after: tuple[str, ...]
    applied: tuple[str, ...]
    verified: bool
    per_migration: bool = False
    transactional: bool = True
    committing: tuple[str, ...] = ()
    plan: DowngradePlan | None = None
    waited: LockWait | None = None
    retries: tuple[Retry, ...] = ()
    differences: tuple[Difference, ...] = ()
    notices: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """What a foreign command printed (``alembic -- ARGS``), redacted."""

    text: str
