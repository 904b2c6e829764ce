"""The SQL each database is about to get, and the way back, from where it really stands."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alembic_ci.ci.files import Folder, empty, opened
from alembic_ci.errors import AlembicCIError, Interrupted, ProjectError
from alembic_ci.history import Revision
from alembic_ci.model import Direction, Divergence, RenderedRevision, SqlResult, Statement
from alembic_ci.project.failures import ForeignError
from alembic_ci.project.offline import Offline, RenderedScript, Rendering
from alembic_ci.statements import Script, listed
from alembic_ci.steps import script
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context, Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.outside_files import untouched
from alembic_ci.steps.pieces import Piece, Pieces
from alembic_ci.steps.recording import Recording
from alembic_ci.steps.setup import Setup, entering, only_for, setup
from alembic_ci.steps.statement_text import opening
from alembic_ci.steps.stumbling import point_out
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.version_table import refuse_unusable

_UPGRADE, _DOWNGRADE = "upgrade.sql", "downgrade.sql"
_NOT_ASKED = Recording("it was not run: --sql-offline")
_NOT_RUN = Recording("the rollback test did not come to its end")


def sql(desk: Desk) -> Outcomes:
    """Render upgrade and downgrade of what is pending, one file a revision and one for all."""
    readies = desk.standings()
    stray = [desk.context.project.directory / f"{b.engine}.sql" for b in desk.bindings if b.engine]
    with untouched(stray):
        return {
            binding.label: _Rendering(desk, binding, call).run(readies[binding.label].heads)
            for call, binding in enumerate(desk.bindings)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Half:
    """The script of one direction; *texts* are its *pieces* in writing."""

    direction: Direction
    whole: RenderedScript
    setup: Setup
    pieces: tuple[Piece, ...]
    texts: tuple[str, ...]
    statements: tuple[Statement, ...]


class _Rendering:
    """The scripts of one database; *call* says which ``run_migrations()`` of env.py is its own."""

    def __init__(self, desk: Desk, binding: Binding, call: int) -> None:
        self._desk = desk
        self._binding = binding
        self._call = call
        self._dialect = binding.url.dialect
        self._ready = desk.readies[binding.label]
        self._tables = len({ready.place for ready in desk.arrivals.get(binding.label, ())})
        missing = _NOT_ASKED if desk.context.settings.sql_offline else _NOT_RUN
        self._recording = desk.recordings.get(binding.label, missing)
        folder = desk.context.report_dir / "sql" / script.file_name(desk.environment.name)
        self._folder = folder / script.own_name(binding.label) if binding.label else folder
        self._shown_folder = _shown(self._folder, desk.context)
        self._pieces = Pieces(desk.context, binding.url, self._recording)

    def run(self, current: tuple[str, ...]) -> Outcome:
        """Render both directions and write the files."""
        context = self._desk.context
        refuse_unusable(self._desk, self._binding, current)
        plan = context.history.upgrade_plan(current, upgrade_target(context))
        reached = context.history.effective([*current, *(item.revision for item in plan)])
        numbers = {item.revision: number for number, item in enumerate(plan, 1)}
        with self._emptied_if_it_fails(), self._told_well():
            # The worker goes on with the second while the first is read.
            asked = (
                self._rendering(Direction.UP, current, plan),
                self._rendering(Direction.DOWN, reached, plan[::-1]),
            )
            context.prepare()
            empty(self._folder)
            with opened(self._folder) as folder:
                up = self._half(Direction.UP, asked[0])
                ups = tuple(self._revisions(up, numbers, folder))
                down = self._half(Direction.DOWN, asked[1])
                downs = tuple(self._revisions(down, numbers, folder))
                return Outcome(result=self._result(up, down, ups + downs, folder))

    @contextmanager
    def _emptied_if_it_fails(self) -> Iterator[None]:
        """Leave no half of the scripts behind."""
        try:
            yield
        except (AlembicCIError, Interrupted):
            empty(self._folder)
            raise

    @contextmanager
    def _told_well(self) -> Iterator[None]:
        """Say what an error of Alembic's own means."""
        try:
            yield
        except ForeignError as error:
            point_out(error, self._desk.context.history)
            raise

    def _hidden(self, sql: str) -> str:
        """Return SQL as reports may show it."""
        return self._desk.context.redact.sql(sql, self._dialect)

    def _half(self, direction: Direction, rendering: Rendering) -> _Half:
        """Read what the worker renders while it goes on rendering."""
        pieces: list[Piece] = []
        texts: list[str] = []

        def scripts() -> Iterator[Script]:
            for rendered in rendering:
                piece = self._pieces.piece(rendered, direction)
                pieces.append(piece)
                texts.append(piece.written(self._dialect))
                yield self._script(piece, direction)

        statements = tuple(self._listed(scripts()))
        if rendering.asked and not pieces:
            raise _nothing_rendered(self._desk.context.project.env_file)
        return _Half(
            direction=direction,
            whole=rendering.whole,
            setup=self._setup(rendering.whole),
            pieces=tuple(pieces),
            texts=tuple(texts),
            statements=statements,
        )

    def _script(self, piece: Piece, direction: Direction) -> Script:
        narrowed = self._recording.narrowed(piece.revision, direction)
        return replace(piece.script(direction), narrowed=narrowed)

    def _listed(self, scripts: Iterable[Script]) -> Iterator[Statement]:
        for statement in listed(scripts, self._dialect, self._ready.version_table):
            hidden = self._hidden(statement.text)
            yield statement if hidden == statement.text else replace(statement, text=hidden)

    def _setup(self, whole: RenderedScript) -> Setup:
        """Return what comes before the migrations: env.py's own, in the schema of a tenant."""
        env_file = _shown(self._desk.context.project.env_file, self._desk.context)
        found = setup(self._ready.own, env_file, whole, self._dialect)
        if self._tables > 1:
            found = replace(found, before=only_for(self._ready.place, self._tables) + found.before)
        schema = self._binding.schema
        return replace(found, before=entering(schema) + found.before) if schema else found

    def _rendering(
        self, direction: Direction, start: tuple[str, ...], plan: Sequence[Revision]
    ) -> Rendering:
        if not plan:
            return Rendering()
        names = tuple(item.revision for item in plan)
        request = Offline(
            direction=direction,
            start=start,
            target=names[-1] if direction is Direction.UP else "base",
            revisions=names,
            initialised=self._initialised(),
            call=self._call,
        )
        return self._desk.worker.offline(request)

    def _initialised(self) -> bool:
        control = self._desk.control(self._binding)
        table, schema = self._ready.version_table, self._ready.schema
        return control.version_rows(table, schema) is not None

    def _revisions(
        self, half: _Half, numbers: Mapping[str, int], folder: Folder
    ) -> Iterator[RenderedRevision]:
        """Write one file for each revision, and tell of it."""
        context = self._desk.context
        counts = Counter(statement.revision for statement in half.statements)
        for piece, written in zip(half.pieces, half.texts, strict=True):
            revision = context.history.revisions[piece.revision]
            name = script.piece_name(revision, numbers[piece.revision], half.direction)
            self._write(folder, name, script.single(half.whole, half.setup, written))
            yield RenderedRevision(
                revision=piece.revision,
                direction=half.direction,
                path=self._path(name),
                statement_count=counts[piece.revision],
                origin=piece.origin,
                compared=piece.compared,
                divergence=piece.divergence and self._shown(piece.divergence),
                reads=piece.reads,
                unseen=piece.unseen,
                problem=piece.problem,
            )

    def _shown(self, divergence: Divergence) -> Divergence:
        return replace(
            divergence,
            offline=self._hidden(divergence.offline),
            captured=self._hidden(divergence.captured),
        )

    def _result(
        self, up: _Half, down: _Half, revisions: tuple[RenderedRevision, ...], folder: Folder
    ) -> SqlResult:
        upgrade = self._write(folder, _UPGRADE, script.combined(up.whole, up.setup, up.texts))
        self._write(folder, _DOWNGRADE, script.combined(down.whole, down.setup, down.texts))
        uncompared = any(not item.compared for item in revisions)
        return SqlResult(
            upgrade_path=self._path(_UPGRADE),
            downgrade_path=self._path(_DOWNGRADE),
            sql=self._hidden(upgrade),
            sha256=_digest(upgrade),
            shared_sha256=_digest("".join(up.texts)),
            revisions=revisions,
            statements=(*up.statements, *down.statements),
            setup=tuple(replace(one, text=self._hidden(one.text)) for one in up.setup.told),
            uncompared=self._recording.reason if uncompared else "",
        )

    def _path(self, name: str) -> str:
        """Return a file of the folder as reports show it."""
        return os.path.normpath(f"{self._shown_folder}/{name}")

    def _write(self, folder: Folder, name: str, text: str) -> str:
        """Write a script that says how it is encoded, and return what stands in the file."""
        told = opening(text, self._dialect) + text
        written = script.without_secrets(told, self._desk.context.redact(told))
        folder.write(name, written)
        return written


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _nothing_rendered(env_file: Path) -> ProjectError:
    return ProjectError(
        f"{env_file} rendered no SQL although revisions are pending.",
        meaning="Its offline part (`context.is_offline_mode()`) does not call "
        "context.run_migrations(), or not for each database.",
        remedy="Compare it with the env.py that `alembic init` writes, or leave `sql` out of "
        "--steps.",
    )


def _shown(path: Path, context: Context) -> str:
    return os.path.relpath(path, context.start_directory)
