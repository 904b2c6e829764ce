"""One thing that went wrong, and where it was met."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import Difference, Problem, RevisionInfo

_CODES = {"history": "unsound-history", "silent-rollback": "silent-rollback"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure or warning; *where* names each database it was met in (none: the whole run).

    *step* is empty where no step had begun, and names several that met the same. *part* names the
    leg of a round trip. *code* is the rule it is a finding of, empty where it is an accident and no
    fault of the project's files.
    """

    where: tuple[str, ...]
    step: str
    problem: Problem
    differences: tuple[Difference, ...] = ()
    part: str = ""
    code: str = ""


def placed(problem: Problem, known: Mapping[str, RevisionInfo]) -> Problem:
    """Name the revision's file where the problem itself does not."""
    info = known.get(problem.revision or "")
    if problem.file or info is None:
        return problem
    return replace(problem, file=info.file, line=info.line)


def rule_broken(problem: Problem, step: str) -> str:
    """Return the rule that a step's own problem is a finding of, if any."""
    if problem.database_error and problem.revision and problem.exit_code is ExitCode.FAILED:
        return "downgrade-failed" if step == "downgrade" else "upgrade-failed"
    return _CODES.get(problem.failure_class, "")
