"""The table of scripts: what each environment is about to get."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from alembic_ci.model import SqlResult
from alembic_ci.render.escape import code, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.markdown_cells import heading, line
from alembic_ci.render.rows import Row
from alembic_ci.render.scripts import harm, same_as, short_digest, statement_count

_HEADING = heading(
    "Environment", "Current", "Target", "Pending", "Statements", "Harm", "Same as", "SHA-256"
)


def script_section(found: Sequence[Row]) -> Iterator[Section]:
    """Yield the table; nothing where no SQL was rendered."""
    twins = same_as(found)
    blocks = tuple(
        Block(variants=(partial(_script, row, row.sql, twins),), noun="script")
        for row in found
        if row.sql
    )
    if blocks:
        yield Section(heading=f"### SQL\n\n{_HEADING}", blocks=blocks)


def _script(row: Row, result: SqlResult, twins: Mapping[str, str]) -> str:
    pending = len({item.revision for item in result.revisions})
    return line(
        code(row.name),
        _codes(row.before),
        _codes(row.target),
        f"{pending:,}",
        f"{statement_count(result):,}",
        prose(harm(row)) or "none",
        code(twins[row.name]) if row.name in twins else "",
        code(short_digest(result)),
    )


def _codes(revisions: Sequence[str] | None) -> str:
    if revisions is None:
        return "?"
    return ", ".join(map(code, revisions)) or "base"
