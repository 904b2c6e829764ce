"""What statements do to what was there before, in words: locks, rewrites, losses."""

from collections.abc import Iterable, Iterator, Sequence

from alembic_ci.errors import ExitCode
from alembic_ci.model import Blocks, Difference, Direction, Problem, Risk, Statement
from alembic_ci.render.failure import Failure
from alembic_ci.render.rows import Row
from alembic_ci.render.words import counted, one_line, place

DESTRUCTIVE = "destructive-statement"
REWRITE = "table-rewrite"


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
        (sum(bool(item.loses) for item in ups), "destroy"),
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
    lossy = (
        {proof.revision for proof in row.rollback.proofs if proof.losses} if row.rollback else ()
    )
    found = hazards(row.statements)
    for revision in dict.fromkeys(item.revision for item in found):
        mine = [item for item in found if item.revision == revision]
        destroying = [item for item in mine if item.loses and revision not in lossy]
        rewriting = [item for item in mine if item.rewrites]
        if destroying:
            yield _warned(row, DESTRUCTIVE, f"Revision {revision} destroys data.", destroying)
        if rewriting:
            yield _warned(row, REWRITE, f"Revision {revision} rewrites a table.", rewriting)


_REMEDIES = {
    DESTRUCTIVE: "Take a backup before the deploy, or keep what is destroyed until no release "
    "needs it.",
    REWRITE: "Run it when nobody needs the table, or add a new column, fill it in batches and "
    "switch.",
}


def _warned(row: Row, name: str, said: str, statements: Sequence[Statement]) -> Failure:
    first = statements[0]
    problem = Problem(
        failure_class=name,
        exit_code=ExitCode.PASSED,
        problem=said,
        remedy=_REMEDIES[name],
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
    )


def _effects(statement: Statement) -> Iterator[str]:
    if statement.loses:
        yield f"destroys {', '.join(statement.loses)}"
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
