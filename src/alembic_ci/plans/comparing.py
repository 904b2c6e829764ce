"""What has changed since a plan was reviewed."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.plans.document import PlannedDatabase, PlannedRevision

_DIFF_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """What an upgrade would do; *texts* are its scripts by revision, *reached* all that is in."""

    current: tuple[str, ...]
    target: str
    heads: tuple[str, ...]
    revisions: tuple[PlannedRevision, ...]
    reached: frozenset[str]
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was reviewed, with the difference of the SQL if that is it."""

    text: str
    diff: str = ""


def done(plan: PlannedDatabase, now: Now) -> bool:
    """Tell whether a database has arrived where the plan leads, so that nothing is left to do."""
    return not now.revisions and now.reached >= set(plan.pending)


def changes(plan: PlannedDatabase, now: Now, reviewed: Mapping[str, str]) -> Iterator[Change]:
    """Yield what is not as it was reviewed; *reviewed* are the old scripts that are at hand."""
    if set(plan.current) != set(now.current):
        yield Change(f"the database was at {_ids(plan.current)} and is at {_ids(now.current)}")
    if plan.target != now.target:
        yield Change(f"the target was {plan.target} and is {now.target}")
    if set(plan.heads) != set(now.heads):
        yield Change(f"the project's heads were {_ids(plan.heads)} and are {_ids(now.heads)}")
    pending = tuple(item.revision for item in now.revisions)
    if plan.pending != pending:
        yield from _other_revisions(plan.pending, pending)
    before = {item.revision: item for item in plan.revisions}
    for item in now.revisions:
        old = before.get(item.revision)
        if old and old.upgrade_sha256 != item.upgrade_sha256:
            yield _other_sql(item.revision, reviewed.get(item.revision), now.texts)
        if old and old.downgrade_sha256 != item.downgrade_sha256:
            yield Change(f"the SQL that takes revision {item.revision} back has changed")


def _other_revisions(before: Sequence[str], now: Sequence[str]) -> Iterator[Change]:
    added = [name for name in now if name not in before]
    gone = [name for name in before if name not in now]
    if added:
        yield Change(f"not in the plan: revision {', '.join(added)}")
    if gone:
        yield Change(f"no longer pending: revision {', '.join(gone)}")
    if not added and not gone:
        yield Change(f"the order was {', '.join(before)} and is {', '.join(now)}")


def _other_sql(revision: str, old: str | None, texts: Mapping[str, str]) -> Change:
    said = f"the SQL of revision {revision} has changed"
    if old is None:
        return Change(f"{said}; what was reviewed is not beside the plan")
    lines = list(
        difflib.unified_diff(
            old.splitlines(),
            texts.get(revision, "").splitlines(),
            f"{revision} as reviewed",
            f"{revision} now",
            lineterm="",
            n=2,
        )
    )
    cut = [f"... {len(lines) - _DIFF_LINES} more lines"] if len(lines) > _DIFF_LINES else []
    return Change(said, "\n".join([*lines[:_DIFF_LINES], *cut]))


def _ids(revisions: Sequence[str]) -> str:
    return ", ".join(revisions) or "base"
