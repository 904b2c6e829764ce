"""What a rollback test had found out when it was cut short."""

import dataclasses
from collections.abc import Mapping
from typing import NoReturn

from alembic_ci.errors import Interrupted
from alembic_ci.model import Problem, RevisionProof, RollbackResult, Verdict
from alembic_ci.project.failures import ForeignError
from alembic_ci.steps.context import CutShort, Outcome, Outcomes
from alembic_ci.steps.problems import interruption, problem
from alembic_ci.steps.prover import Assignment
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.stairway import Stairway

_UNTESTED = "the test was cut short before"


def broken_off(
    scratch: Scratch, stairway: Stairway, assignments: Mapping[str, Assignment], error: ForeignError
) -> Outcomes:
    """Return the proofs made before the worker died or hung, and which revision it was at."""
    context = scratch.desk.context
    told = problem(error, redact=context.redact, start_directory=context.start_directory)
    return _outcomes(scratch, stairway, assignments, told)


def interrupted(
    scratch: Scratch,
    stairway: Stairway,
    assignments: Mapping[str, Assignment],
    signal: Interrupted,
) -> NoReturn:
    """Raise the signal on with the proofs made before it."""
    told = interruption(signal.signum)
    raise CutShort(signal.signum, _outcomes(scratch, stairway, assignments, told)) from signal


def _outcomes(
    scratch: Scratch, stairway: Stairway, assignments: Mapping[str, Assignment], told: Problem
) -> Outcomes:
    settings = scratch.desk.context.settings
    running = next((p.running for p in stairway.provers.values() if p.running), None)
    if running:
        sentence = f"{told.problem.rstrip('.')} while revision {running} was tested."
        told = dataclasses.replace(told, problem=sentence, revision=running)
    return {
        label: Outcome(
            result=RollbackResult(
                scratch=scratch.description(label),
                scope=settings.scope,
                proofs=(*prover.proofs, *_untested(prover.proofs, assignments[label])),
                rows=settings.rows,
            ),
            problem=told,
        )
        for label, prover in stairway.provers.items()
    }


def _untested(proofs: list[RevisionProof], assignment: Assignment) -> list[RevisionProof]:
    tested = {proof.revision for proof in proofs}
    return [
        RevisionProof(revision=name, verdict=Verdict.NOT_RUN, reason=_UNTESTED)
        for name in (revision.revision for revision in assignment.todo)
        if name not in tested
    ]
