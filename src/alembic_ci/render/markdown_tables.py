"""The first table of the summary: one row a database."""

from collections.abc import Sequence
from functools import partial

from alembic_ci.model import State
from alembic_ci.render.escape import code, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.markdown_cells import STATES, heading, line
from alembic_ci.render.rows import Row
from alembic_ci.render.words import rollback, seconds

_MANY = 50
_COLUMNS = (
    "Environment",
    "Result",
    "Current",
    "Target",
    "Pending",
    "Rollback",
    "SQL",
    "Risk",
    "Time",
)


def database_section(found: Sequence[Row]) -> Section:
    """Return the table of the databases; of many, those that failed come first."""
    ordered = sorted(found, key=_failed_first) if len(found) > _MANY else found
    return Section(
        heading=heading(*_COLUMNS),
        blocks=tuple(
            Block(variants=(partial(_database, row),), noun="database") for row in ordered
        ),
    )


def _failed_first(row: Row) -> int:
    return (State.FAILED, State.SKIPPED, State.PASSED).index(row.state)


def _database(row: Row) -> str:
    protected = " (protected)" if row.protected else ""
    return line(
        code(row.name) + protected,
        STATES[row.state],
        _way(row),
        "?" if row.target is None else _codes(row.target),
        "?" if row.pending is None else f"{len(row.pending):,}",
        prose(rollback(row.rollback)) if row.rollback else "",
        code(row.sql.upgrade_path) if row.sql else "",
        row.risk or "",
        seconds(row.duration) if row.steps else "",
    )


def _way(row: Row) -> str:
    """Show ``before → current``, or only where it still stands."""
    if row.current is None:
        return "?"
    stops = [row.current]
    if row.before is not None and row.before != row.current:
        stops.insert(0, row.before)
    return " → ".join(map(_codes, stops))


def _codes(revisions: Sequence[str]) -> str:
    return ", ".join(map(code, revisions)) or "base"
