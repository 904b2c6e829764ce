"""The phrases that every rendering of a report shares."""

import builtins
import re
from collections.abc import Collection, Iterator, Sequence

from alembic_ci.model import (
    EVERY_TABLE,
    ChangeResult,
    DiagnosisResult,
    Difference,
    Direction,
    Problem,
    Result,
    RollbackResult,
    SqlResult,
    State,
    StatusResult,
    StepReport,
    TextResult,
    Verdict,
)

# Control characters, direction overrides and lone surrogates: a terminal or a browser would act on
# them instead of showing them. Tab and line feed stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_MINUTE = 60
_HOUR = 3600
_PRECISE_BELOW = 10
NAMES_SHOWN = 5

FUNCTIONS = {Direction.UP: "upgrade", Direction.DOWN: "downgrade"}
VERDICTS = {
    Verdict.PASSED: "rolls back",
    Verdict.FAILED: "fails",
    Verdict.RESIDUE: "does not restore the schema",
    Verdict.MISSING: "has no downgrade",
    Verdict.IRREVERSIBLE: "declared irreversible",
    Verdict.NOT_RUN: "not run",
}

_VERDICTS_OF_SEVERAL = VERDICTS | {
    Verdict.FAILED: "fail",
    Verdict.RESIDUE: "do not restore the schema",
    Verdict.MISSING: "have no downgrade",
}


def visible(text: str) -> str:
    r"""Spell out what would act instead of show: an escape character becomes ``\x1b``."""
    return _INVISIBLE.sub(_spelled, text.replace("\r\n", "\n"))


def _spelled(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"  # noqa: PLR2004 - one byte


def one_line(text: str) -> str:
    """Put foreign text on one line, safe to show."""
    return " ".join(visible(text).split())


def counted(number: int, noun: str) -> str:
    """Say ``1 revision``, ``3 revisions``, ``2 databases``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def seconds(duration: float) -> str:
    """Say how long something took, as precisely as anybody wants to know."""
    if duration < 1:
        return f"{duration * 1000:.0f} ms"
    if duration < _PRECISE_BELOW:
        return f"{duration:.1f} s"
    if duration < _MINUTE:
        return f"{duration:.0f} s"
    minutes, rest = divmod(round(duration), _MINUTE)
    if duration < _HOUR:
        return f"{minutes} min {rest} s"
    return f"{minutes // _MINUTE} h {minutes % _MINUTE} min"


def ids(revisions: Collection[str]) -> str:
    """Name the revisions a version table holds; Alembic calls an empty one *base*."""
    return ", ".join(map(one_line, revisions)) or "base"


def listed(names: Sequence[str], noun: str) -> str:
    """Name the first few and count the rest, so that two hundred tenants stay one line."""
    shown = ", ".join(names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} and {counted(rest, f'more {noun}')}" if rest > 0 else shown


def standing(status: StatusResult | None) -> str:
    """Say where a database stands."""
    if status is None:
        return "unknown, it was not reached"
    pending = f"{len(status.pending):,} pending" if status.pending else ""
    if not status.initialised:
        return "not initialised, it has no version table" + (f"; {pending}" if pending else "")
    if status.unknown:
        return f"at {ids(status.current)}; the project has no revision {ids(status.unknown)}"
    return f"at {ids(status.current)}, {pending or 'up to date'}"


def outcome(step: StepReport) -> str:
    """Say in one line what a step did, or why it did not."""
    if step.result is not None:
        return _done(step, step.result)
    if step.problem:
        return one_line(step.problem.failure_class.replace("-", " "))
    return one_line(step.reason)


def _done(step: StepReport, result: Result) -> str:
    match result:
        case StatusResult():
            return standing(result)
        case SqlResult():
            return _rendered(result)
        case RollbackResult():
            return rollback(result)
        case ChangeResult():
            return _changed(step, result)
        case DiagnosisResult():
            return diagnosed(result)
        case TextResult():
            return counted(len(result.text.splitlines()), "line") + " of output"


def _rendered(result: SqlResult) -> str:
    ups = [item for item in result.revisions if item.direction is Direction.UP]
    parts = (counted(len(ups), "revision"), *provenance(result))
    return f"{', '.join(parts)}: {one_line(result.upgrade_path)}"


def provenance(result: SqlResult) -> Iterator[str]:
    """Yield what is to be known of where the SQL of revisions, up or down, comes from."""
    missing, captured = (
        len({item.revision for item in items}) for items in (result.unrendered, result.captured)
    )
    if missing:
        yield f"{missing:,} could not be rendered"
    if captured:
        yield f"{captured:,} captured from a run"
    if result.setup:
        yield f"{counted(len(result.setup), 'statement')} of env.py's own before them"
    if result.uncompared:
        yield f"not compared with a run ({one_line(result.uncompared).rstrip('.')})"


def rollback(result: RollbackResult) -> str:
    """Say how a rollback test ended: ``2 of 3 roll back, 1 has no downgrade, 1 loses data``."""
    return ", ".join((verdicts(result), *reservations(result)))


def verdicts(result: RollbackResult) -> str:
    """Count the verdicts of a rollback test."""
    total = len(result.proofs)
    if not total:
        return "no revision to prove"
    counts = dict.fromkeys(Verdict, 0)
    for proof in result.proofs:
        counts[proof.verdict] += 1
    passed = counts.pop(Verdict.PASSED)
    if passed == total:
        return "1 revision rolls back" if total == 1 else f"all {total:,} revisions roll back"
    others = (
        f"{number:,} {(VERDICTS if number == 1 else _VERDICTS_OF_SEVERAL)[verdict]}"
        for verdict, number in counts.items()
        if number
    )
    return ", ".join((f"{passed:,} of {total:,} roll back", *others))


def reservations(result: RollbackResult) -> Iterator[str]:
    """Yield what the verdicts leave out: what depends on rows, and what fails for all at once."""
    lossy = sum(1 for proof in result.proofs if proof.losses)
    if lossy:
        yield f"{lossy:,} {'loses' if lossy == 1 else 'lose'} data"
    strict = sum(1 for proof in result.proofs if proof.duplicates)
    if strict:
        yield f"{strict:,} would fail on duplicates"
    filled = sum(1 for proof in result.proofs if proof.implicit)
    if filled:
        yield f"{filled:,} {'fills' if filled == 1 else 'fill'} rows with implicit defaults"
    yield from (f"{leg.name} fails" for leg in result.round_trip if leg.state is State.FAILED)


def populated(result: RollbackResult) -> str:
    """Say with what rows a rollback test ran; empty when it made none."""
    made = f"with {counted(result.rows, 'row')} in each table" if result.rows else ""
    return "; ".join(filter(None, (made, lacking(result.unfilled))))


def lacking(unfilled: Sequence[Difference]) -> str:
    """Say how many tables have no rows; empty when all of them have."""
    if any(item.object == EVERY_TABLE for item in unfilled):
        return "rows were given up on the way"
    return f"{counted(len(unfilled), 'table')} could not be filled" if unfilled else ""


def _changed(step: StepReport, result: ChangeResult) -> str:
    moved = f"{ids(result.before)} -> {ids(result.after)}"
    revisions = counted(len(result.applied), "revision")
    if step.state is State.FAILED:
        return f"stopped: {moved}, {revisions}"
    checked = "verified" if result.verified else "not verified"
    if result.before == result.after and not result.applied:
        return f"nothing to do at {ids(result.after)}, {checked}"
    done = "nothing run" if step.name == "stamp" else f"{revisions} {_committed(result)}"
    return f"{moved}, {done}, {checked}"


def _committed(result: ChangeResult) -> str:
    """Say what would have stayed if a revision had failed."""
    if not result.transactional:
        return "without a transaction"
    if result.committing:
        commit = "commits" if len(result.committing) == 1 else "commit"
        return f"in several transactions ({ids(result.committing)} {commit} in the middle)"
    each = result.per_migration and len(result.applied) > 1
    return "in a transaction each" if each else "in one transaction"


def diagnosed(result: DiagnosisResult) -> str:
    """Name what a database has: ``half-applied, invalid-index``; or that it has nothing."""
    if not result.problems:
        return f"healthy at {ids(result.current)}"
    return ", ".join(dict.fromkeys(one_line(item.failure_class) for item in result.problems))


def place(file: str, line: int | None) -> str:
    """Name a spot the way editors and CI logs understand it."""
    return one_line(file) + (f":{line}" if line else "")


def by_database(problem: Problem) -> bool:
    """Tell a database's own words from an exception of the project's Python code."""
    kind = (problem.database_error or "").partition(":")[0]
    if problem.code or problem.statement or kind.startswith("sqlalchemy."):
        return True
    return "." not in kind and not hasattr(builtins, kind)


def database_message(code: str | None, message: str | None) -> str:
    """Join the database's error code and its own words; empty when it said nothing."""
    return ": ".join(visible(part) for part in (code, message) if part).strip()
