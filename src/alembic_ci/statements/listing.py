"""The statement list of a plan, judged by its text alone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.model import Direction, Statement
from alembic_ci.statements.action import Action
from alembic_ci.statements.actions import actions, ends_transaction
from alembic_ci.statements.course import Course, plain
from alembic_ci.statements.locks import expected
from alembic_ci.statements.splitting import statements
from alembic_ci.urls import Dialect


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """SQL as it was rendered, or executed; *seconds* and *rows* are known of what was executed."""

    sql: str
    file: str | None = None
    line: int | None = None
    seconds: float | None = None
    rows: int | None = None
    captured: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What one revision runs in one direction."""

    revision: str
    direction: Direction
    texts: tuple[Text, ...]


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
    sql: str
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
                    yield _Cut(text=text, sql=piece.sql, did=did)

    def _keeps_versions(self, did: Sequence[Action]) -> bool:
        return all(plain(action.object).endswith(self._version_table) for action in did)

    def _statement(self, cut: _Cut, did: Sequence[Action], course: Course) -> Statement:
        harm = [expected(action, self._dialect) for action in did]
        return Statement(
            revision=self._script.revision,
            direction=self._script.direction,
            text=cut.sql,
            actions=tuple(map(str, did)),
            objects=tuple(dict.fromkeys(action.object for action in did if action.object)),
            loses=tuple(action.loses for action in did if action.loses),
            file=cut.text.file,
            line=cut.text.line,
            captured=cut.text.captured,
            duration=cut.text.seconds,
            rows=cut.text.rows,
            locks=tuple(
                lock for item in harm for lock in item.locks if not course.made(lock.object)
            ),
            rewrites=_old((name for item in harm for name in item.rewrites), course),
            scans=_old((name for item in harm for name in item.scans), course),
        )


def _old(names: Iterable[str], course: Course) -> tuple[str, ...]:
    """Return those of the tables that were there before."""
    return tuple(dict.fromkeys(name for name in names if not course.made(name)))
