"""Take revisions back, after a look at what that does and what it loses."""

import dataclasses
import os
from collections.abc import Mapping

from alembic_ci.ci.files import write_text
from alembic_ci.errors import ExitCode, RefusedError
from alembic_ci.model import ChangeResult, Direction, DowngradePlan, Problem
from alembic_ci.steps import change, script
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.protection import refuse_unless_allowed
from alembic_ci.steps.recipes import Recipes
from alembic_ci.steps.rehearsal import rehearsed
from alembic_ci.steps.version_table import refuse_unusable

_TEXT = "-- Revision {revision}, taken back\n\n{statements}\n"


def downgrade(desk: Desk) -> Outcomes:
    """Rehearse the downgrade, show SQL and losses, and do it unless it must not be.

    A protected environment loses data only with ``allow-data-loss``, and ``dry-run`` does nothing.
    """
    target, settings = change.required_target(desk, "downgrade"), desk.context.settings
    if not settings.dry_run:
        refuse_unless_allowed(desk.environment, desk.context.variables)
    readies, history = desk.standings(), desk.context.history
    plans = {}
    for binding in desk.bindings:
        heads = readies[binding.label].heads
        refuse_unusable(desk, binding, heads)
        plans[binding.label] = history.downgrade_plan(heads, target)
    known = {b.label: _written(desk, b, plan) for b, plan in _each(desk, rehearsed(desk, plans))}
    if settings.dry_run:
        return {b.label: Outcome(result=_untouched(desk, b, known)) for b in desk.bindings}
    refused = {label: _refusal(desk, plan) for label, plan in known.items()}
    if any(refused.values()):
        return {
            b.label: Outcome(result=_untouched(desk, b, known), problem=refused.get(b.label))
            for b in desk.bindings
        }
    return {
        label: _with_plan(outcome, known.get(label))
        for label, outcome in change.downgrade(desk).items()
    }


def _each(desk: Desk, plans: Mapping[str, DowngradePlan]) -> list[tuple[Binding, DowngradePlan]]:
    return [(b, plans[b.label]) for b in desk.bindings if b.label in plans]


def _written(desk: Desk, binding: Binding, plan: DowngradePlan) -> DowngradePlan:
    """Write the SQL into the report's folder."""
    if not any(item.statements for item in plan.revisions):
        return plan
    context = desk.context
    folder = context.report_dir / "sql" / script.file_name(desk.environment.name)
    folder = folder / script.own_name(binding.label) if binding.label else folder
    path = folder / "downgrade.sql"
    texts = [
        _TEXT.format(
            revision=item.revision,
            statements="".join(f"{sql.strip().rstrip(';')};\n" for sql in item.statements),
        )
        for item in plan.revisions
    ]
    write_text(path, "\n".join(texts))
    return dataclasses.replace(plan, path=os.path.relpath(path, context.start_directory))


def _untouched(desk: Desk, binding: Binding, plans: Mapping[str, DowngradePlan]) -> ChangeResult:
    heads = desk.readies[binding.label].heads
    return ChangeResult(
        direction=Direction.DOWN,
        before=heads,
        after=heads,
        applied=(),
        verified=True,
        plan=plans.get(binding.label),
    )


def _with_plan(outcome: Outcome, plan: DowngradePlan | None) -> Outcome:
    if not isinstance(outcome.result, ChangeResult):
        return outcome
    return dataclasses.replace(outcome, result=dataclasses.replace(outcome.result, plan=plan))


def _refusal(desk: Desk, plan: DowngradePlan) -> Problem | None:
    """Return why a protected environment is not downgraded, None when it may be."""
    context, settings = desk.context, desk.context.settings
    if not desk.environment.protected or settings.allow_data_loss:
        return None
    if not plan.losses and not plan.unknown:
        return None
    name = desk.environment.name
    what = f"{len(plan.losses)} kinds of data" if len(plan.losses) > 1 else "data"
    said = f"loses {what}" if plan.losses else f"may lose data: {plan.unknown}"
    again = Recipes(context, desk.environment).ours(
        "downgrade",
        f"--target={settings.target}",
        "--allow-data-loss",
        purpose="When there is a backup, and the data may go",
    )
    return Problem(
        failure_class=RefusedError.failure_class,
        exit_code=ExitCode.REFUSED,
        problem=f"The downgrade of {name} to {settings.target} {said}. Nothing was run.",
        meaning="It was rehearsed on a scratch database whose tables hold made rows.",
        remedy="Leave the schema as it is and roll back the application alone, if it can live with "
        "it; else take a backup first.",
        evidence=tuple(loss.text for loss in plan.losses),
        commands=(again,),
    )
