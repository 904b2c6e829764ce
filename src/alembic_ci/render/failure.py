"""One thing that went wrong, and where it was met."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alembic_ci.model import Difference, Problem, RevisionInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure or warning; *where* names each database it was met in (none: the whole run).

    *step* is empty where no step had begun, *part* names the leg of a round trip.
    """

    where: tuple[str, ...]
    step: str
    problem: Problem
    differences: tuple[Difference, ...] = ()
    part: str = ""


def placed(problem: Problem, known: Mapping[str, RevisionInfo]) -> Problem:
    """Name the revision's file where the problem itself does not."""
    info = known.get(problem.revision or "")
    if problem.file or info is None:
        return problem
    return replace(problem, file=info.file, line=info.line)
