"""The statement list of a plan: what was measured, and else what the texts let one expect."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.model import Direction, Narrowing, Statement
from alembic_ci.statements.action import Action
from alembic_ci.statements.actions import actions, ends_transaction
from alembic_ci.statements.course import Course, plain
from alembic_ci.statements.locks import Expected, expected, strongest
from alembic_ci.statements.measured import Measured
from alembic_ci.statements.narrowing import Narrowed
from alembic_ci.statements.splitting import Piece, statements
from alembic_ci.urls import Dialect

_LONGEST = 2_000  # characters; the script has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """SQL as it was rendered, or executed.

    *times* is how often it was executed in one go, with other parameters. *seconds*, *rows* and
    *measured* are known of what was executed.
    """

    sql: str
    times: int = 1
    file: str | None = None
    line: int | None = None
    seconds: float | None = None
    rows: int | None = None
    captured: bool = False
    measured: Measured | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What one revision runs in one direction, and the columns that this makes narrower."""

    revision: str
    direction: Direction
    texts: tuple[Text, ...]
    narrowed: tuple[Narrowed, ...] = ()


def listed(
    scripts: Iterable[Script], dialect: Dialect, version_table: str = "alembic_version"
) -> tuple[Statement, ...]:
    """Return the statements of *scripts*, which run in this order.

    Those that open and close transactions or keep the version table are left out.
    """
    course = Course()
    return tuple(
        statement
        for script in scripts
        for statement in _Listing(script, dialect, plain(version_table)).statements(course)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cut:
    """One statement of a text."""

    text: Text
    piece: Piece
    did: tuple[Action, ...]


class _Listing:
    """The statements of one revision."""

    def __init__(self, script: Script, dialect: Dialect, version_table: str) -> None:
        self._script = script
        self._dialect = dialect
        self._version_table = version_table

    def statements(self, course: Course) -> Iterator[Statement]:
        cuts = list(self._cuts())
        settled = course.follow([cut.did for cut in cuts])
        for cut, did in zip(cuts, settled, strict=True):
            yield self._statement(cut, did, course)

    def _cuts(self) -> Iterator[_Cut]:
        for text in self._script.texts:
            for piece in statements(text.sql, self._dialect):
                did = actions(piece.parts, self._dialect)
                if not (did and self._keeps_versions(did)) and not ends_transaction(piece.parts):
                    yield _Cut(text=text, piece=piece, did=did)

    def _keeps_versions(self, did: Sequence[Action]) -> bool:
        return all(plain(action.object).endswith(self._version_table) for action in did)

    def _statement(self, cut: _Cut, did: Sequence[Action], course: Course) -> Statement:
        text, harm = cut.text, _harm(cut.text, [expected(item, self._dialect) for item in did])
        return Statement(
            revision=self._script.revision,
            direction=self._script.direction,
            text=_shortened(cut.piece.sql),
            actions=tuple(map(str, did)),
            objects=tuple(dict.fromkeys(action.object for action in did if action.object)),
            loses=tuple(action.loses for action in did if action.loses),
            narrows=tuple(self._narrows(cut, did, course)),
            file=text.file,
            line=text.line,
            captured=text.captured,
            times=text.times,
            duration=text.seconds,
            rows=text.rows,
            measured=text.measured is not None,
            locks=tuple(lock for lock in harm.locks if not course.made(lock.object)),
            rewrites=tuple(name for name in harm.rewrites if not course.made(name)),
            scans=tuple(name for name in harm.scans if not course.made(name)),
            algorithm=text.measured.algorithm if text.measured else None,
        )

    def _narrows(self, cut: _Cut, did: Sequence[Action], course: Course) -> Iterator[Narrowing]:
        for column in self._script.narrowed:
            new = course.made(column.table) or course.added(column.table, column.old)
            parts = cut.piece.parts
            if not new and any(column.by(action, parts, self._dialect) for action in did):
                yield column.told


def _harm(text: Text, told: Sequence[Expected]) -> Expected:
    """Return what was seen, and what the text tells of tables on which nothing could be seen."""
    locks = [lock for item in told for lock in item.locks]
    rewrites = [name for item in told for name in item.rewrites]
    scans = [name for item in told for name in item.scans]
    seen = text.measured
    if seen is not None:
        held = {plain(name) for name in seen.held}
        locks = [*seen.locks, *(lock for lock in locks if plain(lock.object) in held)]
        rewrites, scans = [*seen.rewrites], [*(scans if seen.scans is None else seen.scans)]
    return Expected(
        locks=strongest(locks),
        rewrites=tuple(dict.fromkeys(rewrites)),
        scans=tuple(dict.fromkeys(scans)),
    )


def _shortened(sql: str) -> str:
    return sql if len(sql) <= _LONGEST else f"{sql[:_LONGEST]} …"
