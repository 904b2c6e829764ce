"""The script of each environment in a few words: how much, how harmful, like which other one."""

from collections.abc import Mapping, Sequence

from alembic_ci.model import Direction, SqlResult
from alembic_ci.render.rows import Row
from alembic_ci.render.words import counted, one_line

_SHOWN_DIGITS = 12


def same_as(found: Sequence[Row]) -> Mapping[str, str]:
    """Return, by name, the first database before it that gets the same script."""
    first: dict[str, str] = {}
    twins: dict[str, str] = {}
    for row in found:
        if row.sql and row.sql.revisions:
            known = first.setdefault(row.sql.shared_sha256, row.name)
            if known != row.name:
                twins[row.name] = known
    return twins


def harm(row: Row) -> str:
    """Count the statements of the upgrade that others wait for, and those that lose data."""
    statements = [item for item in row.statements if item.direction is Direction.UP]
    counts = (
        (sum(item.destroys for item in statements), "destroys data", "destroy data"),
        (sum(bool(item.rewrites) for item in statements), "rewrites a table", "rewrite tables"),
        (sum(item.locking for item in statements), "locks", "lock"),
    )
    said = (f"{number:,} {one if number == 1 else many}" for number, one, many in counts if number)
    return ", ".join(said)


def statement_count(result: SqlResult) -> int:
    """Count the statements of the upgrade."""
    ups = (item for item in result.revisions if item.direction is Direction.UP)
    return sum(item.statement_count for item in ups)


def short_digest(result: SqlResult) -> str:
    """Return the beginning of the script's digest, as people compare it."""
    return result.sha256[:_SHOWN_DIGITS]


def details(row: Row, twins: Mapping[str, str]) -> str:
    """Return the line that the terminal shows below the step."""
    if row.sql is None or not row.sql.revisions:
        return ""
    parts = [
        counted(statement_count(row.sql), "statement"),
        f"same as {twins[row.name]}" if row.name in twins else "",
        f"sha256 {short_digest(row.sql)}",
    ]
    return one_line(", ".join(filter(None, parts)))
