"""The SQL of one revision: what was rendered offline, or what ran where that is better."""

import dataclasses
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alembic_ci.model import Direction, Divergence, Origin, Problem
from alembic_ci.project.executions import Execution
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.offline import Rendered
from alembic_ci.statements import Script, Text
from alembic_ci.steps import captured
from alembic_ci.steps.comparing import divergence
from alembic_ci.steps.context import Context
from alembic_ci.steps.problems import problem
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.script import stopped
from alembic_ci.steps.statement_text import terminated
from alembic_ci.urls import DatabaseURL, Dialect

_MARK = "-- captured from a run: depends on data\n"
_UNSEEN = "-- not in this script: what {}:{} executes through the driver, past SQLAlchemy\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One revision of a script; with a *problem* there are no *texts*.

    *unseen* are the lines of its *file* that use the driver directly.
    """

    rendered: Rendered
    file: str
    texts: tuple[Text, ...]
    origin: Origin = Origin.OFFLINE
    compared: bool = False
    divergence: Divergence | None = None
    reads: int = 0
    unseen: tuple[int, ...] = ()
    problem: Problem | None = None

    @property
    def revision(self) -> str:
        """The revision's id."""
        return self.rendered.revision

    def script(self, direction: Direction) -> Script:
        """Return the revision's own SQL, for who wants to know what it does."""
        return Script(revision=self.revision, direction=direction, texts=self.texts)

    def written(self, dialect: Dialect) -> str:
        """Return the SQL as it stands in a script, with what Alembic does around it."""
        if self.problem:
            return stopped(self.revision, self.problem)
        statements = "".join(terminated(text.sql, dialect) for text in self.texts)
        return f"{self.rendered.head}{self._remarks()}{statements}{self.rendered.tail}"

    def _remarks(self) -> str:
        """Return comments on where the SQL comes from and what it lacks."""
        remarks = [_MARK] if self.origin is Origin.CAPTURED else []
        remarks += [_UNSEEN.format(self.file, line) for line in self.unseen]
        return "".join([*remarks, "\n"] if remarks else [])


class Pieces:
    """Makes the pieces of one database's scripts."""

    def __init__(self, context: Context, url: DatabaseURL, recording: Recording) -> None:
        self._context = context
        self._dialect = url.dialect
        self._database = url.database or ""
        self._recording = recording
        self._files: dict[str, str] = {}

    def piece(self, rendered: Rendered, direction: Direction) -> Piece:
        """Choose between what was rendered and what ran."""
        run = self._recording.of(rendered.revision, direction, database=self._database)
        unwritten = captured.unwritten(run) if run else None
        if run is None or unwritten:
            return self._offline(rendered, direction, unwritten)
        ran = captured.body(run, self._dialect, transactional=rendered.transactional)
        difference = self._difference(rendered, ran)
        if difference is None and rendered.failure is None:
            offline = self._offline(rendered, direction)
            return dataclasses.replace(offline, compared=True, unseen=captured.unseen(run))
        return Piece(
            rendered=rendered,
            file=self._shown(rendered.revision),
            texts=tuple(self._ran(ran)),
            origin=Origin.CAPTURED,
            compared=True,
            divergence=difference,
            reads=captured.reads(run),
            unseen=captured.unseen(run),
        )

    def _offline(
        self, rendered: Rendered, direction: Direction, unwritten: Execution | None = None
    ) -> Piece:
        file = self._shown(rendered.revision)
        return Piece(
            rendered=rendered,
            file=file,
            texts=tuple(Text(sql=one.text, file=file, line=one.line) for one in rendered.body),
            problem=self._problem(rendered, direction, unwritten) if rendered.failure else None,
        )

    def _ran(self, ran: Sequence[Execution]) -> Iterator[Text]:
        for execution in ran:
            for sql in execution.texts:
                yield Text(
                    sql=sql,
                    file=os.path.relpath(execution.file, self._context.start_directory)
                    if execution.line
                    else None,
                    line=execution.line,
                    seconds=execution.seconds if execution.line else None,
                    rows=execution.rows,
                    captured=True,
                )

    def _difference(self, rendered: Rendered, ran: Sequence[Execution]) -> Divergence | None:
        if rendered.failure:
            return None
        return divergence(rendered.body, ran, self._dialect)

    def _problem(
        self, rendered: Rendered, direction: Direction, unwritten: Execution | None
    ) -> Problem:
        context = self._context
        error = StepFailedError(
            rendered.revision, failure=rendered.failure, output="", swallowed=False
        )
        what = "Revision" if direction is Direction.UP else "The downgrade of revision"
        error.problem = f"{what} {rendered.revision} cannot be rendered without a database."
        error.meaning = (
            f"It reads from the database, or uses something offline mode lacks; and "
            f"{self._why_not_captured(unwritten)}."
        )
        error.remedy = (
            f"{self._way_out(unwritten)}, or write it with op.execute() and statements that read "
            "nothing."
        )
        told = problem(error, redact=context.redact, start_directory=context.start_directory)
        if told.file:
            return told
        line = context.history.revisions[rendered.revision].line
        return dataclasses.replace(told, file=self._shown(rendered.revision), line=line)

    def _why_not_captured(self, unwritten: Execution | None) -> str:
        if unwritten:
            return f"what it executes in line {unwritten.line} has no text: {unwritten.unwritten}"
        return self._recording.reason or "it did not run to its end on the scratch database"

    def _way_out(self, unwritten: Execution | None) -> str:
        if unwritten or self._recording.reason:
            return "Give the run a scratch database on which the revision can be run"
        return "Let it run on the scratch database (the rollback test says what keeps it)"

    def _shown(self, revision: str) -> str:
        if revision not in self._files:
            context = self._context
            path = context.history.revisions[revision].path
            self._files[revision] = os.path.relpath(path, context.start_directory)
        return self._files[revision]
