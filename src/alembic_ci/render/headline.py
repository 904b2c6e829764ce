"""The verdict in one sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alembic_ci.errors import ExitCode
from alembic_ci.model import ChangeResult, Direction, Report, State
from alembic_ci.render.failures import failures
from alembic_ci.render.rows import Row, rows
from alembic_ci.render.words import counted, ids, listed, one_line, reservations, verdicts

_TOLD_ONE_BY_ONE = 3

_WITHOUT_FAILURE: dict[int, str] = {
    ExitCode.DIFFERENCE: "A difference was found.",
    ExitCode.FINDINGS: "There are findings at or above the level that fails the run.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """How a rendering writes foreign text: *code* for names and ids, *prose* for sentences."""

    code: Callable[[str], str]
    prose: Callable[[str], str]


PLAIN = Markup(code=one_line, prose=one_line)


def verdict(report: Report) -> str:
    """Return the one word that decides."""
    return "Passed" if report.state is State.PASSED else "Failed"


def headline(report: Report, markup: Markup = PLAIN) -> str:
    """Return the sentence that follows the verdict."""
    found = rows(report)
    if report.state is not State.PASSED:
        return _failed(report, found, markup)
    if not found:
        return "there was nothing to do"
    if all(row.reason for row in found):
        return f"there was nothing to do: {markup.prose(found[0].reason)}"
    if len(found) <= _TOLD_ONE_BY_ONE:
        said = "; ".join(_achieved(row, markup) for row in found)
    else:
        said = _together(found)
    return said + _empty(report, markup)


def _empty(report: Report, markup: Markup) -> str:
    """Say where there is nothing to be done ever, lest a missing folder passes for success."""
    if report.project is None or report.revisions:
        return ""
    return f"; there is no revision in {markup.code(report.project.script_location)}"


def _failed(report: Report, found: Sequence[Row], markup: Markup) -> str:
    met = failures(report)
    if not met:
        code = report.exit_code
        return _WITHOUT_FAILURE.get(code, f"The run ended with exit code {code}.")
    first = markup.prose(met[0].problem.problem)
    more = f" (and {counted(len(met) - 1, 'more failure')})" if len(met) > 1 else ""
    failed = [markup.code(row.name) for row in found if row.state is State.FAILED]
    if not failed:
        return first + more
    if len(found) == 1:
        return f"{failed[0]}: {first}{more}"
    return (
        f"{len(failed):,} of {len(found):,} databases ({listed(failed, 'database')}): {first}{more}"
    )


def _achieved(row: Row, markup: Markup) -> str:
    """Say what became of one database: moved, or where it stands, and what was proved."""
    return ", ".join(
        filter(None, (f"{markup.code(row.name)} {_became(row, markup)}", _proved(row)))
    )


def _became(row: Row, markup: Markup) -> str:
    for step in reversed(row.steps):
        if isinstance(step.result, ChangeResult):
            return _moved(step.name, step.result, markup)
    return _stands(row, markup)


def _moved(step: str, change: ChangeResult, markup: Markup) -> str:
    before, after = _coded(change.before, markup), _coded(change.after, markup)
    if not change.applied and change.before == change.after:
        return f"was already at {after}"
    if step == "stamp":
        return f"stamped from {before} to {after}"
    verb = "upgraded" if change.direction is Direction.UP else "downgraded"
    return f"{verb} from {before} to {after}, {counted(len(change.applied), 'revision')}"


def _stands(row: Row, markup: Markup) -> str:
    if row.status:
        at = f"is at {_coded(row.current or (), markup)}"
        pending = f"{len(row.pending):,} pending" if row.pending else "up to date"
        if row.status.unknown:
            pending = "which the project does not have"
        return f"{at if row.status.initialised else 'has no version table yet'}, {pending}"
    if row.sql:
        return "has its SQL rendered"
    return "was only read" if row.rollback else "was left alone"


def _coded(revisions: tuple[str, ...], markup: Markup) -> str:
    return ", ".join(map(markup.code, revisions)) or markup.code(ids(()))


def _proved(row: Row) -> str:
    result = row.rollback
    if result is None or not result.proofs:
        return ""
    said = verdicts(result)
    shown = "each rolls back" if said.startswith("all ") else said
    return ", ".join((shown, *reservations(result)))


def _together(found: Sequence[Row]) -> str:
    environments = len({row.environment for row in found})
    parts = [f"{counted(len(found), 'database')} in {counted(environments, 'environment')}"]
    changed = sum(1 for row in found if row.applied)
    behind = sum(1 for row in found if row.pending)
    if changed:
        parts.append(f"{changed:,} changed")
    parts.append(f"{behind:,} with revisions pending" if behind else "none with revisions pending")
    return ", ".join(parts)
