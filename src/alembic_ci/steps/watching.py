"""Watch the statements of revisions while they run on a scratch database that holds rows."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import Rehearsal
from alembic_ci.database.postgresql import (
    Tables,
    every_table,
    flush_sql,
    measured,
    tables_before,
    watch_sql,
)
from alembic_ci.history import Revision
from alembic_ci.model import Direction, Statement
from alembic_ci.project.executions import Execution, Kind
from alembic_ci.project.session import Look, Row, Session, Stepped
from alembic_ci.statements import Measured, Script, Text, listed
from alembic_ci.steps.changes import Changes
from alembic_ci.urls import Dialect

_AUTOCOMMIT = b"autocommit"  # the block, or the isolation level


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """What revisions ran each way, in the order in which they first did."""

    dialect: Dialect
    scripts: tuple[Script, ...] = ()
    version_table: str = "alembic_version"

    def followed_by(self, later: "Scripts") -> "Scripts":
        """Return them and those of later revisions."""
        return replace(later, scripts=self.scripts + later.scripts)

    def statements(self) -> tuple[Statement, ...]:
        """Return the statements of all upgrades in their order, then of the way back."""
        ups = [script for script in self.scripts if script.direction is Direction.UP]
        downs = [script for script in self.scripts if script.direction is Direction.DOWN]
        return (
            *listed(ups, self.dialect, self.version_table),
            *listed(reversed(downs), self.dialect, self.version_table),
        )


class StatementWatch:
    """Runs steps and keeps what each statement did.

    *stage* makes an empty database beside the scratch database, for what is tried on copies.
    *start* is the directory that paths are relative to; *redact* takes secrets out of SQL.
    """

    def __init__(
        self,
        dialect: Dialect,
        control: Callable[[], Control],
        *,
        stage: Callable[[], Control],
        start: Path,
        redact: Callable[[str], str],
    ) -> None:
        self._dialect = dialect
        self._control = control
        self._start = start
        self._redact = redact
        self._rehearsal = Rehearsal(control, stage)
        self._scripts: dict[tuple[str, Direction], Script] = {}
        self._version_table = "alembic_version"
        self._before: Tables = {}
        self._old: frozenset[str] | None = None

    def scripts(self) -> Scripts:
        """Return what ran so far."""
        return Scripts(
            dialect=self._dialect,
            scripts=tuple(self._scripts.values()),
            version_table=self._version_table,
        )

    def begin(self) -> None:
        """Look at the database as it is before the first of all revisions that are tried."""
        if self._old is None and self._dialect is Dialect.MYSQL:
            self._old = frozenset(str(row[0]) for row in self._control().query("SHOW TABLES"))

    def step(
        self, session: Session, revision: Revision, direction: Direction, changes: Changes
    ) -> Stepped:
        """Run one revision; raises what Session.step() raises."""
        self._version_table = session.ready.version_table
        name = revision.revision
        session.recorded = (name, direction) not in self._scripts
        if not session.recorded:
            return session.step(name, direction, look=Look(self.prelude()))
        match self._dialect:
            case Dialect.POSTGRESQL:
                stepped = self._locking(session, revision, direction)
                seen = measured((one.watched for one in _run(stepped)), self._before)
            case Dialect.MYSQL if direction is Direction.UP:
                self._rehearsal.prepare(changes.tables & (self._old or frozenset()))
                stepped = session.step(name, direction)
                seen = (self._rehearsed(one) for one in _run(stepped))
            case _:
                stepped = session.step(name, direction)
                seen = (None for _ in _run(stepped))
        texts = tuple(map(self._text, _run(stepped), seen))
        self._scripts[name, direction] = Script(
            revision=name,
            direction=direction,
            texts=texts,
            narrowed=changes.narrowed.get(direction, ()),
        )
        return stepped

    def prelude(self) -> str:
        """Return what to run in a step that nobody watches, lest the next one counts its scans."""
        postgresql = self._dialect is Dialect.POSTGRESQL
        return flush_sql(self._control().version) if postgresql else ""

    def _locking(self, session: Session, revision: Revision, direction: Direction) -> Stepped:
        """Look at the locks after every statement, and at what they are on before the commit."""
        control = self._control()
        sql = watch_sql(control.version)
        commits = _AUTOCOMMIT in revision.path.read_bytes()
        self._before = every_table(control.query) if commits else {}

        def look(rows: Sequence[Row]) -> bool:
            if not commits:
                self._before = tables_before(rows, control.query)
            return True

        return session.step(revision.revision, direction, look=Look(sql), inspect=look, watch=sql)

    def _rehearsed(self, execution: Execution) -> Measured | None:
        return self._rehearsal.measured(execution.texts[0])

    def _text(self, execution: Execution, seen: Measured | None) -> Text:
        return Text(
            sql=self._redact(execution.texts[0]),
            times=len(execution.texts),
            file=os.path.relpath(execution.file, self._start) if execution.line else None,
            line=execution.line,
            seconds=execution.seconds,
            rows=execution.rows,
            captured=True,
            measured=seen,
        )


def _run(stepped: Stepped) -> Sequence[Execution]:
    """Return what the revision itself executed that may change something."""
    return [
        one
        for one in stepped.executions
        if one.kind is Kind.STATEMENT and one.texts and not one.read and not one.version
    ]
