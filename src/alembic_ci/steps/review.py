"""Hold the SQL that a database is about to get against the plan that was reviewed."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from alembic_ci.errors import ExitCode, PlanChangedError
from alembic_ci.model import Direction, Problem, SqlResult
from alembic_ci.plans.comparing import Change, Now, changes, done
from alembic_ci.plans.document import Plan, PlannedDatabase
from alembic_ci.plans.making import digest, revisions
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context, Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.target import lasting_target


def reviewed(desk: Desk, render: Callable[[Desk], Outcomes], plan: Plan) -> Outcomes:
    """Render the SQL, and refuse each database for which it is not what was planned.

    The scripts that were reviewed are read first: they may lie where the new ones go.
    """
    planned = {b.label: plan.database(desk.environment.name, b.label) for b in desk.bindings}
    texts = {
        label: _reviewed_texts(database, plan.folder)
        for label, database in planned.items()
        if database
    }
    unknown = {
        binding.label: Outcome(problem=_not_planned(desk.title(binding)))
        for binding in desk.bindings
        if planned[binding.label] is None
    }
    if len(unknown) == len(desk.bindings):
        return unknown
    outcomes = dict(render(desk))
    for binding in desk.bindings:
        database, outcome = planned[binding.label], outcomes.get(binding.label)
        if database and outcome and isinstance(outcome.result, SqlResult) and not outcome.problem:
            now = _now(desk, binding, outcome.result)
            old = _shown(texts[binding.label], desk.context, binding)
            found = [] if done(database, now) else list(changes(database, now, old))
            if found:
                problem = _changed(desk.title(binding), found)
                outcomes[binding.label] = dataclasses.replace(outcome, problem=problem)
            desk.reviewed[binding.label] = frozenset(database.pending)
    return {**outcomes, **unknown}


def _now(desk: Desk, binding: Binding, result: SqlResult) -> Now:
    context = desk.context
    current = desk.readies[binding.label].heads
    start = context.start_directory
    return Now(
        current=current,
        target=lasting_target(context),
        heads=context.history.heads,
        revisions=revisions(result, start=start, folder=start),
        reached=frozenset(context.history.closure(current)),
        texts=_shown(dict(_texts(result, start)), context, binding),
    )


def _shown(texts: Mapping[str, str], context: Context, binding: Binding) -> dict[str, str]:
    """Return scripts as reports may show what differs; whether anything does, the digests tell."""
    dialect = binding.url.dialect
    return {name: context.redact.sql(text, dialect) for name, text in texts.items()}


def _texts(result: SqlResult, start: Path) -> Iterable[tuple[str, str]]:
    for item in result.revisions:
        if item.direction is Direction.UP:
            yield item.revision, (start / item.path).read_text(encoding="utf-8")


def _reviewed_texts(database: PlannedDatabase, folder: Path) -> Mapping[str, str]:
    """Return the old scripts, but none that is not the one that was reviewed."""
    paths = {item.revision: folder / item.upgrade_path for item in database.revisions}
    whole = {item.revision: item.upgrade_sha256 for item in database.revisions}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in paths.items()
        if path.is_file() and digest(path) == whole[name]
    }


def _not_planned(title: str) -> Problem:
    return Problem(
        failure_class=PlanChangedError.failure_class,
        exit_code=ExitCode.REFUSED,
        problem=f"{title} is not in the plan. Nothing was written.",
        meaning="The plan was made for other databases, or this one could not be reached then.",
        remedy="Run `plan` for it and have the SQL reviewed.",
    )


def _changed(title: str, found: list[Change]) -> Problem:
    return Problem(
        failure_class=PlanChangedError.failure_class,
        exit_code=ExitCode.REFUSED,
        problem=f"{title} is not what was planned: {found[0].text}. Nothing was written.",
        meaning="What would be done now is not what was reviewed.",
        remedy="Run `plan` again and have the new SQL reviewed.",
        statement="\n".join(c.diff for c in found if c.diff) or None,
        evidence=tuple(change.text for change in found),
    )
