"""Hold the schema of a changed database against the one its revisions make on a scratch one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from alembic_ci.delta import Delta
from alembic_ci.errors import ExitCode
from alembic_ci.model import ChangeResult, Difference, Problem
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.doctor.essence import Essence, essence
from alembic_ci.steps.observer import whole_snapshot
from alembic_ci.steps.scratch import Scratch, scratch_for
from alembic_ci.steps.walkers import bring_up
from alembic_ci.wording import astray


def with_schemas(desk: Desk, outcomes: Outcomes) -> dict[str, Outcome]:
    """Add to each sound outcome of a change in what the schema differs."""
    sound = {
        label: outcome.result
        for label, outcome in outcomes.items()
        if isinstance(outcome.result, ChangeResult) and not outcome.problem
    }
    if not sound:
        return dict(outcomes)
    found = schema_differences(desk, {label: result.after for label, result in sound.items()})
    return dict(outcomes) | {
        label: Outcome(
            result=replace(sound[label], differences=differences),
            problem=schema_problem(differences),
        )
        for label, differences in found.items()
    }


def schema_differences(
    desk: Desk, standing: Mapping[str, Iterable[str]]
) -> dict[str, tuple[Difference, ...]]:
    """Return, by label, what is not as the revisions make it.

    *standing* is what each version table holds. Owners, grants and what belongs to a server are
    left out.
    """
    with scratch_for(desk) as scratch:
        _raise_up(scratch, standing)
        return {
            binding.label: astray(Delta.between(_seen(scratch.desk, made), _seen(desk, binding)))
            for binding, made in zip(desk.bindings, scratch.bindings, strict=True)
            if binding.label in standing
        }


def _raise_up(scratch: Scratch, standing: Mapping[str, Iterable[str]]) -> None:
    history = scratch.desk.context.history

    def visit(binding: Binding, session: Session) -> None:
        bring_up(session, history, history.closure(standing.get(binding.label, ())))

    scratch.desk.sessions_of(Online(scratch=True), visit)


def _seen(desk: Desk, binding: Binding) -> Essence:
    with desk.fresh_control(binding) as control:
        return essence(whole_snapshot(control, desk.readies[binding.label]))


def schema_problem(differences: tuple[Difference, ...]) -> Problem | None:
    """Return the problem of a database whose schema is another one."""
    if not differences:
        return None
    return Problem(
        failure_class="schema-differs",
        exit_code=ExitCode.DIFFERENCE,
        problem=f"The schema is not the one that its revisions make: {len(differences)} "
        f"{'object differs' if len(differences) == 1 else 'objects differ'}.",
        meaning="Somebody changed it by hand, an earlier revision was edited after its release, "
        "or a revision does something else where there are rows.",
        remedy="Write the missing change as a revision, or take the manual one back.",
    )
