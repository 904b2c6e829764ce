"""What the terminal shows at the end of a run; reads well without colour."""

from collections.abc import Callable, Iterator, Sequence

from alembic_ci.model import (
    ChangeResult,
    DowngradePlan,
    Report,
    RollbackResult,
    RoundTrip,
    SqlResult,
    State,
    StepReport,
    TextResult,
)
from alembic_ci.render.failure import Failure
from alembic_ci.render.failure_text import failure_text, note_text, warning_text
from alembic_ci.render.failures import failures, notes, warnings
from alembic_ci.render.hazards import did, effect, hazards, tally, where
from alembic_ci.render.headline import headline, verdict
from alembic_ci.render.incidents import incidents
from alembic_ci.render.rows import Row, rows
from alembic_ci.render.scripts import details, same_as
from alembic_ci.render.style import Role, Style, plain
from alembic_ci.render.words import (
    counted,
    one_line,
    outcome,
    populated,
    seconds,
    standing,
    visible,
)

_ALL_IN_FULL = 8
_FAILURES_SHOWN = 20
_NOTICES_SHOWN = 20
_HAZARDS_SHOWN = 10
_STATEMENTS_SHOWN = 20

Telling = Callable[[Failure, Style], str]

_WORDS = {State.PASSED: "ok", State.FAILED: "FAILED", State.SKIPPED: "skipped"}
_ROLES = {State.PASSED: Role.PASSED, State.FAILED: Role.FAILED, State.SKIPPED: Role.SKIPPED}


def text(report: Report, *, style: Style = plain) -> str:
    """Return the whole report; its last line is the verdict."""
    parts = [_opening(report), *_environments(report, style)]
    parts += _told(failures(report), failure_text, "failure", style)
    parts += _told(warnings(report), warning_text, "warning", style)
    parts += _told(notes(report), note_text, "note", style)
    word = style(f"{verdict(report)} in {seconds(report.duration)}", _ROLES[report.state])
    parts.append(f"{word}: {headline(report)}\n")
    return "\n".join(parts)


def _opening(report: Report) -> str:
    said = [f"alembic-ci {report.tool_version}", one_line(report.command)]
    if report.project:
        project = report.project
        said.append(one_line(project.config))
        versions = (("Alembic", project.alembic), ("SQLAlchemy", project.sqlalchemy))
        said += [f"{name} {one_line(version)}" for name, version in versions if version]
        said += [f"Python {one_line(project.python)}"] if project.python else []
    return ", ".join(said) + "\n"


def _environments(report: Report, style: Style) -> Iterator[str]:
    found = rows(report)
    brief = len(found) > _ALL_IN_FULL
    short = [row for row in found if brief and row.state is not State.FAILED and row.database]
    width = max((len(one_line(row.name)) for row in short), default=0)
    if short:
        yield "".join(_brief(row, width, style) for row in short)
    twins = same_as(found)
    yield from (_block(row, details(row, twins), style) for row in found if row not in short)


def _brief(row: Row, width: int, style: Style) -> str:
    done = counted(len(row.applied), "revision") + " applied, " if row.applied else ""
    name = one_line(row.name).ljust(width)
    reason = one_line(row.steps[0].reason) if row.state is State.SKIPPED and row.steps else ""
    return f"{_state(row.state, style)}  {name}  {done}{reason or standing(row.status)}\n"


def _block(row: Row, script: str, style: Style) -> str:
    title = style(one_line(row.name), Role.TITLE)
    place = f"  {one_line(row.database.location)}" if row.database else ""
    protected = "  (protected)" if row.protected else ""
    lines = [f"{title}{place}{protected}"]
    width = max((len(step.name) for step in row.steps), default=0)
    for step in row.steps:
        lines += _step(step, width, style)
        if isinstance(step.result, SqlResult) and script:
            lines.append(f"{'':<{width + 13}}{script}")
    lines += _statements(row)
    if row.problem:
        lines.append(f"  {_state(State.FAILED, style)}  {one_line(row.problem.failure_class)}")
    elif row.reason:
        lines.append(f"  {_state(State.SKIPPED, style)}  {one_line(row.reason)}")
    else:
        lines.append(f"  {'now':<7}  {standing(row.status)}")
    return "\n".join(lines) + "\n"


def _state(state: State, style: Style) -> str:
    return style(f"{_WORDS[state]:<7}", _ROLES[state])


def _step(step: StepReport, width: int, style: Style) -> Iterator[str]:
    time = f"  ({seconds(step.duration)})" if step.state is not State.SKIPPED else ""
    yield f"  {_state(step.state, style)}  {step.name:<{width}}  {outcome(step)}{time}"
    below = " " * (width + 13)
    if isinstance(step.result, RollbackResult):
        yield from (f"{below}{line}" for line in _rollback(step.result, style))
    if isinstance(step.result, ChangeResult) and step.result.plan:
        yield from (f"{below}{line}" for line in _plan(step.result.plan))
    yield from (f"{below}{line}" for line in incidents(step.result))
    if isinstance(step.result, TextResult):
        yield from (f"  | {line}" for line in visible(step.result.text).splitlines())


def _rollback(result: RollbackResult, style: Style) -> Iterator[str]:
    like = f", for {one_line(result.proved_for)}" if result.proved_for else ""
    where = f"tested on {one_line(result.scratch)}{like}"
    yield ", ".join(filter(None, (where, populated(result))))
    if result.round_trip:
        yield ", ".join(_legs(result.round_trip, style))
    for proof in result.proofs:
        for notice in proof.notices[:_NOTICES_SHOWN]:
            yield f"note: {one_line(proof.revision)}: {one_line(notice.text)}"


def _statements(row: Row) -> Iterator[str]:
    """Yield what has to wait for the upgrade, or is gone after it; nothing where nothing is."""
    found = hazards(row.statements)
    if not found:
        return
    yield f"  {'sql':<7}  {tally(row.statements)}"
    for item in found[:_HAZARDS_SHOWN]:
        yield f"{' ' * 11}{where(item)}: {did(item)}: {one_line(effect(item))}"
    rest = len(found) - _HAZARDS_SHOWN
    if rest > 0:
        yield f"{' ' * 11}and {rest:,} more; report.json holds them all"


def _plan(plan: DowngradePlan) -> Iterator[str]:
    """Yield what a downgrade runs and loses."""
    if plan.scratch:
        yield f"rehearsed on {one_line(plan.scratch)}"
    if plan.path:
        yield f"SQL: {one_line(plan.path)}"
    for item in plan.revisions:
        for sql in item.statements[:_STATEMENTS_SHOWN]:
            yield f"{one_line(item.revision)}: {one_line(sql)}"
    yield from (f"loses data: {one_line(loss.text)}" for loss in plan.losses)
    if plan.unknown:
        yield f"not known what it loses: {one_line(plan.unknown)}"


def _legs(legs: Sequence[RoundTrip], style: Style) -> Iterator[str]:
    """Yield how each leg ended; a reason that several share stands with the last of them."""
    reasons = [leg.reason for leg in legs]
    for leg, reason, next_reason in zip(legs, reasons, [*reasons[1:], ""], strict=True):
        why = f" ({one_line(reason)})" if reason and reason != next_reason else ""
        yield f"{leg.name} {style(_WORDS[leg.state], _ROLES[leg.state])}{why}"


def _told(met: Sequence[Failure], told: Telling, noun: str, style: Style) -> Iterator[str]:
    yield from (told(failure, style) for failure in met[:_FAILURES_SHOWN])
    rest = len(met) - _FAILURES_SHOWN
    if rest > 0:
        yield f"... and {counted(rest, f'more {noun}')}; report.json holds them all.\n"
