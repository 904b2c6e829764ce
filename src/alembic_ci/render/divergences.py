"""Where the SQL that Alembic renders offline is not what runs, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    Divergence,
    Problem,
    RenderedRevision,
    RevisionInfo,
    SqlResult,
    StepReport,
)
from alembic_ci.render.failure import Failure, placed
from alembic_ci.render.words import FUNCTIONS
from alembic_ci.wording.excerpts import both_shortened

CODE = "offline-differs"

_SHOWN = 300

_BOUNDS = {"BEGIN", "COMMIT", "ROLLBACK"}
_COMMITTED = (
    "env.py or the revision commits by itself (AUTOCOMMIT, or commit() of the connection), which "
    "offline mode does not see. What was done before stays when the rest fails: use "
    "op.get_context().autocommit_block() for what cannot be in a transaction."
)
_WRITTEN = (
    "Give values as literals or with bindparams(), which offline mode can write, and do nothing "
    "that depends on is_offline_mode()."
)
_DEFINITIONS = ("CREATE ", "ALTER ")
_DEFINED = (
    "Offline mode does not know the server's version, and takes MariaDB for MySQL where the URL "
    "begins with mysql. There is nothing to be done, but not to apply what `alembic upgrade --sql` "
    "renders."
)


def divergences(step: StepReport, known: Mapping[str, RevisionInfo]) -> Iterator[Failure]:
    """Yield each revision whose SQL was written as it ran, because offline mode has another."""
    if not isinstance(step.result, SqlResult):
        return
    for item in step.result.revisions:
        if item.divergence:
            problem = placed(_problem(item, item.divergence), known)
            line = item.divergence.line or problem.line
            yield Failure(
                where=(),
                step=step.name,
                problem=replace(problem, line=line),
                part=FUNCTIONS[item.direction],
                code=CODE,
            )


def _problem(item: RenderedRevision, divergence: Divergence) -> Problem:
    offline, runs = both_shortened(divergence.offline, divergence.captured, _SHOWN)
    return Problem(
        failure_class=CODE,
        exit_code=ExitCode.PASSED,
        problem=f"What Alembic renders offline for the {FUNCTIONS[item.direction]} of revision "
        f"{item.revision} is not what runs; the script has what runs.",
        remedy=_remedy(divergence),
        revision=item.revision,
        evidence=(
            f"offline: {offline or 'no statement'}",
            f"runs: {runs or 'no statement'}",
        ),
    )


def _remedy(divergence: Divergence) -> str:
    if _BOUNDS & {divergence.offline, divergence.captured}:
        return _COMMITTED
    if divergence.offline.startswith(_DEFINITIONS) and divergence.captured.startswith(_DEFINITIONS):
        return _DEFINED
    return _WRITTEN
