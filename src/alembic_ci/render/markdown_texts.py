"""The long texts of the summary: SQL, said once for all databases that get the same, and output."""

from collections.abc import Iterator, Sequence

from alembic_ci.model import Report, SqlResult, TextResult
from alembic_ci.render.escape import code, fenced, folded, html_code
from alembic_ci.render.fit import Block, Section, cut
from alembic_ci.render.mermaid import diagram
from alembic_ci.render.rows import Row
from alembic_ci.render.words import NAMES_SHOWN, counted

_SHOWN = 20_000


def sql_section(found: Sequence[Row]) -> Iterator[Section]:
    """Yield the upgrade scripts; one that does not fit is shown in part, then by its path."""
    results: dict[str, SqlResult] = {}
    names: dict[str, list[str]] = {}
    for row in found:
        if row.sql and row.sql.sql.strip():
            results.setdefault(row.sql.shared_sha256, row.sql)
            names.setdefault(row.sql.shared_sha256, []).append(row.name)
    if results:
        blocks = tuple(_block(names[digest], result) for digest, result in results.items())
        yield Section(heading="", blocks=blocks)


def history_section(report: Report) -> Iterator[Section]:
    """Yield the last revisions as a diagram, where there is something to see."""
    drawing = diagram(report)
    if drawing:
        block = Block(variants=(lambda: fenced(drawing, "mermaid"),), noun="diagram")
        yield Section(heading="### History\n\n", blocks=(block,))


def output_section(found: Sequence[Row]) -> Iterator[Section]:
    """Yield what the project's own Alembic printed."""
    blocks = (
        _output(row, step.result)
        for row in found
        for step in row.steps
        if isinstance(step.result, TextResult) and step.result.text.strip()
    )
    yield Section(heading="### Output\n\n", blocks=tuple(blocks))


def _output(row: Row, result: TextResult) -> Block:
    title = f"{code(row.name)}\n\n"
    return Block(
        variants=(
            lambda: f"{title}{fenced(result.text)}\n",
            lambda: f"{title}The end:\n\n{fenced(result.text[-_SHOWN:])}\n",
        ),
        noun="output",
    )


def _block(names: Sequence[str], result: SqlResult) -> Block:
    title = f"SQL of {_same([html_code(name) for name in names])}"
    lines = counted(len(result.sql.splitlines()), "line")
    path = code(result.upgrade_path)
    beginning = cut(result.sql, _SHOWN).rpartition("\n")[0]
    return Block(
        variants=(
            lambda: folded(f"{title}, {lines}", fenced(result.sql, "sql")),
            lambda: folded(
                f"{title}, the beginning", f"{fenced(beginning, 'sql')}\nThe whole: {path}\n"
            ),
            lambda: f"- The SQL of {_same([code(name) for name in names])} is in {path}.\n",
        ),
        noun="script",
    )


def _same(names: Sequence[str]) -> str:
    """Name the databases that get the same: ``staging = production``."""
    shown = " = ".join(names[:NAMES_SHOWN])
    rest = len(names) - NAMES_SHOWN
    return f"{shown} and {counted(rest, 'more database')}" if rest > 0 else shown
