"""The lines of a Markdown table."""

from alembic_ci.model import State

STATES = {State.PASSED: "passed", State.FAILED: "**failed**", State.SKIPPED: "skipped"}


def heading(*cells: str) -> str:
    """Return the two lines that open a table."""
    return line(*cells) + line(*("---" for _ in cells))


def line(*cells: str) -> str:
    """Return one row of a table; each cell is Markdown without line feeds and pipes."""
    return f"| {' | '.join(cells)} |\n"
