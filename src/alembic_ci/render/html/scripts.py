"""The SQL of each revision, said once for all databases that get the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from alembic_ci.model import Direction, Origin, RenderedRevision, Risk, Statement
from alembic_ci.render.html.highlighting import Highlighter
from alembic_ci.render.html.tones import Tone
from alembic_ci.render.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One statement; *html* is None where the page has no room for more SQL."""

    statement: Statement
    html: Markup | None

    @property
    def tone(self) -> Tone:
        """Return the colour of what it does to others."""
        if self.statement.risk is Risk.DESTROYS:
            return Tone.BAD
        return Tone.QUIET if self.statement.risk is Risk.NONE else Tone.WARN

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what others have to wait for, and what it costs: locks, rewrites, scans, losses."""
        item = self.statement
        locks = (f"{lock.mode} on {lock.object} blocks {lock.blocks}" for lock in item.locks)
        return (
            *(f"loses {loss}" for loss in item.loses),
            *(f"narrows {column}" for column in item.narrows),
            *(f"rewrites {table}" for table in item.rewrites),
            *(f"reads all of {table}" for table in item.scans),
            *locks,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One direction of one revision; *rendered* is None where it was only run, for the proof."""

    title: str
    rendered: RenderedRevision | None
    statements: tuple[Shown, ...]

    @property
    def count(self) -> int:
        """Return the number of its statements."""
        return self.rendered.statement_count if self.rendered else len(self.statements)

    @property
    def origin(self) -> str:
        """Say where the SQL comes from, where that is not Alembic's own offline mode."""
        captured = self.rendered is None or self.rendered.origin is Origin.CAPTURED
        return "as it ran" if captured else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """Both directions, and the databases that share them."""

    names: tuple[str, ...]
    both: tuple[Script, ...]


@dataclass(frozen=True, slots=True)
class _Half:
    """One direction of one revision as one database gets it."""

    direction: Direction
    rendered: RenderedRevision | None
    statements: tuple[Statement, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """What tells it from another; one that is only a file is like no other."""
        texts = tuple(statement.text for statement in self.statements)
        return texts or (self.rendered.path if self.rendered else "",)


_TITLES = {Direction.UP: "Upgrade", Direction.DOWN: "Downgrade"}


def scripts_by_revision(
    found: Sequence[Row], highlight: Highlighter
) -> dict[str, tuple[Scripts, ...]]:
    """Return the scripts of each revision."""
    grouped: dict[str, dict[tuple[object, ...], list[tuple[Row, list[_Half]]]]] = {}
    for row in found:
        for revision, halves in _halves(row).items():
            key = (_dialect(row), *(half.texts for half in halves))
            grouped.setdefault(revision, {}).setdefault(key, []).append((row, halves))
    return {
        revision: tuple(_scripts(same, highlight) for same in alike.values())
        for revision, alike in grouped.items()
    }


def _halves(row: Row) -> dict[str, list[_Half]]:
    """Return both directions of each revision, the upgrade first."""
    rendered = {(i.revision, i.direction): i for i in (row.sql.revisions if row.sql else ())}
    statements = _listed(row)
    halves: dict[str, list[_Half]] = {}
    for direction in Direction:
        for key in dict.fromkeys((*rendered, *statements)):
            if key[1] is direction:
                told = tuple(statements.get(key, ()))
                halves.setdefault(key[0], []).append(_Half(direction, rendered.get(key), told))
    return halves


def _listed(row: Row) -> dict[tuple[str, Direction], list[Statement]]:
    """Return the statements of each script: as measured, else as its text lets one expect."""
    listed: dict[tuple[str, Direction], list[Statement]] = {}
    for result in (row.sql, row.rollback):
        found: dict[tuple[str, Direction], list[Statement]] = {}
        for statement in result.statements if result else ():
            found.setdefault((statement.revision, statement.direction), []).append(statement)
        listed |= found
    return listed


def _dialect(row: Row) -> str:
    return row.database.dialect if row.database else ""


def _scripts(same: Sequence[tuple[Row, Sequence[_Half]]], highlight: Highlighter) -> Scripts:
    row, halves = same[0]
    return Scripts(
        names=tuple(row.name for row, _ in same),
        both=tuple(_each(halves, highlight, _dialect(row))),
    )


def _each(halves: Sequence[_Half], highlight: Highlighter, dialect: str) -> Iterator[Script]:
    for half in halves:
        shown = (Shown(statement=s, html=highlight(s.text, dialect)) for s in half.statements)
        yield Script(
            title=_TITLES[half.direction],
            rendered=half.rendered,
            statements=tuple(shown),
        )
