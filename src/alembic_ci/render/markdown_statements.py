"""The statements of the summary that make others wait, rewrite a table or destroy something."""

from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.model import Statement
from alembic_ci.render.escape import code, html_code, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.hazards import did, effect, hazards, tally, where
from alembic_ci.render.markdown_cells import heading, line
from alembic_ci.render.rows import Row
from alembic_ci.render.words import listed

_SHOWN = 100


def statement_sections(found: Sequence[Row]) -> Iterator[Section]:
    """Yield one table for all databases that get the same statements; the rest are counted."""
    names: dict[tuple[Statement, ...], list[str]] = {}
    told: dict[tuple[Statement, ...], str] = {}
    for row in found:
        worst = hazards(row.statements)
        if worst:
            names.setdefault(worst, []).append(row.name)
            told.setdefault(worst, tally(row.statements))
    for worst, where_met in names.items():
        title = f"Statements of {listed([html_code(name) for name in where_met], 'database')}"
        yield Section(
            heading=f"<details>\n<summary>{title}: {told[worst]}</summary>\n\n"
            f"{heading('Line', 'Statement', 'What it does to others')}",
            blocks=tuple(
                Block(variants=(partial(_line, item),), noun="statement") for item in worst[:_SHOWN]
            ),
            footing="\n</details>\n",
        )


def _line(statement: Statement) -> str:
    return line(code(where(statement)), code(did(statement)), prose(effect(statement)))
