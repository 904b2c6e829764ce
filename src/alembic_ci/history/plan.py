"""From where a database stands and a target to the revisions in between: data, run by others."""

import re
from collections.abc import Callable, Iterable, Sequence

from alembic_ci.errors import SettingsError
from alembic_ci.history.lineage import Edges, closure, tips
from alembic_ci.history.soundness import similar
from alembic_ci.history.targets import Targets, UnknownTargetError, UnreachableTargetError

_RELATIVE_DOWN = re.compile(r"-\d+$")


def upgrade_ids(targets: Targets, edges: Edges, current: Iterable[str], target: str) -> list[str]:
    """Return the ids to apply, oldest first; several targets are reached one after the other.

    Raises:
        SettingsError: the target does not exist or cannot be reached from *current*.
        AmbiguousTargetError: the target stands for one head and there are several.
    """
    applied: list[str] = []
    held = closure(edges, current)
    for single in _singles(target):
        steps = _steps(targets.upgrade, tips(edges, held), single, known=edges)
        applied += steps
        held |= closure(edges, steps)
    return applied


def downgrade_ids(targets: Targets, edges: Edges, current: Iterable[str], target: str) -> list[str]:
    """Return the ids to take back, newest first; several targets are reached one after the other.

    Raises:
        SettingsError: the target does not exist or does not lie below *current*.
        AmbiguousTargetError: the target stands for one head and there are several.
    """
    removed: list[str] = []
    held = closure(edges, current)
    for single in _singles(target):
        standing = tips(edges, held)
        if len(standing) > 1 and _RELATIVE_DOWN.match(single):
            raise _unclear(single, standing)
        steps = _steps(targets.downgrade, standing, single, known=edges)
        removed += steps
        held -= set(steps)
    return removed


def _singles(target: str) -> list[str]:
    singles = [single for single in re.split(r"[\s,]+", target) if single]
    if singles:
        return singles
    raise SettingsError(
        "No target was given.",
        remedy="Name a revision, a branch label, heads, +1, -1 or base as the target.",
    )


def _steps(
    ask: Callable[[Sequence[str], str], list[str]],
    current: Sequence[str],
    target: str,
    *,
    known: Iterable[str],
) -> list[str]:
    place = " and ".join(current) or "an empty database"
    try:
        return ask(current, target)
    except UnknownTargetError as error:
        raise SettingsError(
            f"The target {target!r} is not in this history: {error}.",
            remedy=f"Name a revision id, the first four or more characters of one, a branch label, "
            f"heads, +1, -1 or base.{similar(target.rpartition('@')[2], known)}",
        ) from error
    except UnreachableTargetError as error:
        reason = f": {error}" if str(error) else ""
        raise SettingsError(
            f"The target {target!r} cannot be reached from {place}{reason}.",
            meaning="A relative target left the history or is ambiguous there, or the target lies "
            "on a branch that these revisions are not on.",
            remedy="Name the revision to go to by its id.",
        ) from error


def _unclear(target: str, current: Sequence[str]) -> SettingsError:
    return SettingsError(
        f"The target {target!r} is ambiguous: the database stands at {' and '.join(current)}.",
        meaning="Alembic would go down from whichever row of the version table comes first.",
        remedy=f"Say from where, as in {current[0]}{target}, or name the revision to go to.",
    )
