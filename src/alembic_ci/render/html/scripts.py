"""The SQL of each revision, said once for all databases that get the same."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from alembic_ci.model import Direction, Problem, RenderedRevision
from alembic_ci.render.html.highlighting import Highlighter
from alembic_ci.render.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One direction of one revision; *html* is None where the page has no room or no file."""

    title: str
    path: str
    statements: int
    html: Markup | None
    problem: Problem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """Both directions, and the databases that share them."""

    names: tuple[str, ...]
    both: tuple[Script, ...]


_TITLES = {Direction.UP: "Upgrade", Direction.DOWN: "Downgrade"}


def scripts_by_revision(
    found: Sequence[Row], texts: Mapping[str, str], highlight: Highlighter
) -> dict[str, tuple[Scripts, ...]]:
    """Return the scripts of each revision; *texts* are the files by their path."""
    grouped: dict[str, dict[tuple[str, ...], list[tuple[Row, list[RenderedRevision]]]]] = {}
    for row in found:
        for revision, items in _by_revision(row).items():
            key = (row.database.dialect if row.database else "", *(_text(i, texts) for i in items))
            grouped.setdefault(revision, {}).setdefault(key, []).append((row, items))
    return {
        revision: tuple(_scripts(same, texts, highlight) for same in by_text.values())
        for revision, by_text in grouped.items()
    }


def _by_revision(row: Row) -> dict[str, list[RenderedRevision]]:
    found: dict[str, list[RenderedRevision]] = {}
    for item in row.sql.revisions if row.sql else ():
        found.setdefault(item.revision, []).append(item)
    return found


def _text(item: RenderedRevision, texts: Mapping[str, str]) -> str:
    """Return what tells scripts apart; one that could not be read is only like itself."""
    return texts.get(item.path, f"\0{item.path}")


def _scripts(
    same: Sequence[tuple[Row, Sequence[RenderedRevision]]],
    texts: Mapping[str, str],
    highlight: Highlighter,
) -> Scripts:
    row, items = same[0]
    dialect = row.database.dialect if row.database else ""
    return Scripts(
        names=tuple(row.name for row, _ in same),
        both=tuple(_each(items, texts, highlight, dialect)),
    )


def _each(
    items: Sequence[RenderedRevision],
    texts: Mapping[str, str],
    highlight: Highlighter,
    dialect: str,
) -> Iterator[Script]:
    for item in items:
        text = texts.get(item.path)
        html = highlight(text, dialect) if text and not item.problem else None
        yield Script(
            title=_TITLES[item.direction],
            path=item.path,
            statements=item.statement_count,
            html=None if html is None else Markup(html),  # noqa: S704 - escaped by Pygments
            problem=item.problem,
        )
