"""What statements do to what was there before, in words: locks, rewrites, losses."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from alembic_ci.errors import ExitCode
from alembic_ci.model import Blocks, Difference, Direction, Problem, Risk, Statement
from alembic_ci.render.failure import Failure
from alembic_ci.render.rows import Row
from alembic_ci.render.words import counted, one_line, place


def hazards(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """Return the statements of upgrades that make others wait, rewrite a table or destroy."""
    return tuple(
        item for item in statements if item.direction is Direction.UP and item.risk is not Risk.NONE
    )


def tally(statements: Sequence[Statement]) -> str:
    """Count an upgrade's statements: ``12 statements, 3 lock, 1 rewrites, 2 destroy``."""
    ups = [item for item in statements if item.direction is Direction.UP]
    counts = (
        (sum(item.locking for item in ups), "lock"),
        (sum(bool(item.rewrites) for item in ups), "rewrite"),
        (sum(item.destroys for item in ups), "destroy"),
    )
    parts = (f"{number:,} {verb}{'s' if number == 1 else ''}" for number, verb in counts if number)
    return ", ".join((counted(len(ups), "statement"), *parts))


def effect(statement: Statement) -> str:
    """Say what a statement does to others: ``rewrites orders, blocks reads and writes of it``."""
    return "; ".join(_effects(statement))


def where(statement: Statement) -> str:
    """Name the line that made a statement, or its revision where no line is known."""
    if statement.file:
        return place(statement.file, statement.line)
    return f"revision {one_line(statement.revision)}"


def did(statement: Statement) -> str:
    """Say what a statement is, in a few words."""
    return one_line(", ".join(statement.actions) or statement.text)


def dangers(row: Row) -> Iterator[Failure]:
    """Yield a warning for each revision that rewrites a table, or destroys beyond the lost rows."""
    proofs = row.rollback.proofs if row.rollback else ()
    lost = {proof.revision: {loss.object for loss in proof.losses} for proof in proofs}
    found = hazards(row.statements)
    for revision in dict.fromkeys(item.revision for item in found):
        mine = [item for item in found if item.revision == revision]
        destroying = [item for item in mine if _untold(item, lost.get(revision, set()))]
        rewriting = [item for item in mine if item.rewrites]
        if destroying:
            yield _warned(row, _DESTROYS if _loses(destroying) else _NARROWS, destroying)
        if rewriting:
            yield _warned(row, _REWRITES, rewriting)


def _untold(statement: Statement, lost: Collection[str]) -> bool:
    """Tell whether it destroys anything that the rollback test has not lost on its rows."""
    narrows = any(f"column {item.column}" not in lost for item in statement.narrows)
    return narrows or (bool(statement.loses) and not lost)


def _loses(statements: Iterable[Statement]) -> bool:
    return any(item.loses for item in statements)


class _Warning(NamedTuple):
    """What is said of a revision, and the rule that it breaks."""

    rule: str
    said: str
    remedy: str


_DESTROYS = _Warning(
    "destructive-statement",
    "Revision {} destroys data.",
    "Take a backup before the deploy, or keep what is destroyed until no release needs it.",
)
_NARROWS = _Warning(
    "destructive-statement",
    "Revision {} narrows a column; values that do not fit are lost or make it fail.",
    "Look for such values before the deploy, and change or keep them with op.execute() first.",
)
_REWRITES = _Warning(
    "table-rewrite",
    "Revision {} rewrites a table.",
    "Run it when nobody needs the table, or add a new column, fill it in batches and switch.",
)


def _warned(row: Row, warning: _Warning, statements: Sequence[Statement]) -> Failure:
    first = statements[0]
    problem = Problem(
        failure_class=warning.rule,
        exit_code=ExitCode.PASSED,
        problem=warning.said.format(first.revision),
        remedy=warning.remedy,
        revision=first.revision,
        file=first.file,
        line=first.line,
    )
    return Failure(
        where=(),
        step="rollback-test" if row.rollback and row.rollback.statements else "sql",
        problem=problem,
        differences=tuple(
            Difference(text=f"{did(item)}: {effect(item)}", object=", ".join(item.objects))
            for item in statements
        ),
        code=warning.rule,
    )


def _effects(statement: Statement) -> Iterator[str]:
    if statement.loses:
        yield f"destroys {', '.join(statement.loses)}"
    if statement.narrows:
        yield f"narrows {', '.join(map(str, statement.narrows))}"
    if statement.rewrites:
        yield f"rewrites {', '.join(statement.rewrites)}"
    for blocks in (Blocks.READS, Blocks.WRITES):
        tables = [lock.object for lock in statement.locks if lock.blocks is blocks]
        if tables:
            yield f"blocks {blocks.value} of {', '.join(tables)}{_duration(statement, tables)}"


def _duration(statement: Statement, tables: Sequence[str]) -> str:
    """Tell a lock that lasts as long as the table is large from one that is over at once."""
    if set(tables) & {*statement.rewrites}:
        return ""
    if set(tables) & {*statement.scans}:
        return " while it is read from end to end"
    return ", briefly" if statement.measured and not statement.algorithm else ""
