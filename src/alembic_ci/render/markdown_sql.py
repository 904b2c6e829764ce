"""The SQL of the summary: folded, and said once for all databases that get the same."""

from collections.abc import Iterator, Sequence

from alembic_ci.model import SqlResult
from alembic_ci.render.escape import code, fenced, folded, html_code
from alembic_ci.render.fit import Block, Section, cut
from alembic_ci.render.rows import Row
from alembic_ci.render.words import counted, listed

_BEGINNING = 20_000


def sql_section(found: Sequence[Row]) -> Iterator[Section]:
    """Yield the upgrade scripts; one that does not fit is shown in part, then by its path."""
    results: dict[str, SqlResult] = {}
    names: dict[str, list[str]] = {}
    for row in found:
        if row.sql and row.sql.sql.strip():
            results.setdefault(row.sql.sql, row.sql)
            names.setdefault(row.sql.sql, []).append(row.name)
    if results:
        blocks = tuple(_block(names[sql], result) for sql, result in results.items())
        yield Section(heading="### SQL\n\n", blocks=blocks)


def _block(names: Sequence[str], result: SqlResult) -> Block:
    title = f"SQL of {listed([html_code(name) for name in names], 'database')}"
    lines = counted(len(result.sql.splitlines()), "line")
    path = code(result.upgrade_path)
    beginning = cut(result.sql, _BEGINNING).rpartition("\n")[0]
    return Block(
        variants=(
            folded(f"{title}, {lines}", fenced(result.sql, "sql")),
            folded(f"{title}, the beginning", f"{fenced(beginning, 'sql')}\nThe whole: {path}\n"),
            f"- The SQL of {listed([code(name) for name in names], 'database')} is in {path}.\n",
        ),
        noun="script",
    )
