"""What runs and is not in the scripts, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alembic_ci.errors import ExitCode
from alembic_ci.model import (
    Problem,
    RenderedRevision,
    RevisionInfo,
    SetupStatement,
    SqlResult,
    StepReport,
)
from alembic_ci.render.failure import Failure, placed
from alembic_ci.render.words import FUNCTIONS
from alembic_ci.wording.excerpts import shortened

_UNSEEN = "unseen-sql"
_LEFT_OUT = "env-statement"
_SHOWN = 300


def unseen(step: StepReport, known: Mapping[str, RevisionInfo]) -> Iterator[Failure]:
    """Yield each revision that uses the driver directly."""
    if not isinstance(step.result, SqlResult):
        return
    for item in step.result.revisions:
        if item.unseen:
            yield Failure(
                where=(),
                step=step.name,
                problem=replace(placed(_bypass(item), known), line=item.unseen[0]),
                part=FUNCTIONS[item.direction],
                code=_UNSEEN,
            )


def left_out(step: StepReport) -> Iterator[Failure]:
    """Yield each statement of env.py's own that a script applied by hand lacks."""
    if isinstance(step.result, SqlResult):
        for statement in step.result.setup:
            if not statement.written:
                yield Failure(where=(), step=step.name, problem=_missing(statement), code=_LEFT_OUT)


def _bypass(item: RenderedRevision) -> Problem:
    word = "line" if len(item.unseen) == 1 else "lines"
    lines = f"{word} {', '.join(map(str, item.unseen))}"
    return Problem(
        failure_class=_UNSEEN,
        exit_code=ExitCode.PASSED,
        problem=f"The {FUNCTIONS[item.direction]} of revision {item.revision} uses the driver "
        f"directly, in {lines}: what that executes is not in the script.",
        remedy="Use op.execute() or op.get_bind().exec_driver_sql(); a script that is applied by "
        "hand lacks the rest.",
        revision=item.revision,
    )


def _missing(statement: SetupStatement) -> Problem:
    return Problem(
        failure_class=_LEFT_OUT,
        exit_code=ExitCode.PASSED,
        problem="env.py itself executes something before the migrations that is not in the "
        f"scripts: {shortened(statement.text, _SHOWN)}",
        remedy="It cannot be executed twice. Whoever applies a script to another database executes "
        "it first.",
        file=statement.file,
        line=statement.line,
    )
