"""The SQL each database is about to get, and the way back, from where it really stands."""

import dataclasses
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from alembic_ci.ci.files import empty, write_text
from alembic_ci.errors import ProjectError
from alembic_ci.history import Revision
from alembic_ci.model import Direction, Problem, RenderedRevision, SqlResult
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.worker import Offline, Rendered, RenderedScript
from alembic_ci.steps import script
from alembic_ci.steps.context import Context, Outcome, Outcomes
from alembic_ci.steps.desk import Binding, Desk
from alembic_ci.steps.outside_files import untouched
from alembic_ci.steps.problems import problem
from alembic_ci.steps.target import upgrade_target
from alembic_ci.steps.version_table import refuse_unusable


def sql(desk: Desk) -> Outcomes:
    """Render upgrade and downgrade of what is pending, one file a revision and one for all."""
    readies = desk.standings()
    stray = [desk.context.project.directory / f"{b.engine}.sql" for b in desk.bindings if b.engine]
    with untouched(stray):
        return {
            binding.label: _Rendering(desk, binding, call).run(readies[binding.label].heads)
            for call, binding in enumerate(desk.bindings)
        }


class _Rendering:
    """The scripts of one database; *call* says which ``run_migrations()`` of env.py is its own."""

    def __init__(self, desk: Desk, binding: Binding, call: int) -> None:
        self._desk = desk
        self._binding = binding
        self._call = call
        folder = desk.context.report_dir / "sql" / script.file_name(desk.environment.name)
        self._folder = folder / script.file_name(binding.label) if binding.label else folder

    def run(self, current: tuple[str, ...]) -> Outcome:
        """Render both directions and write the files."""
        context = self._desk.context
        refuse_unusable(self._desk, self._binding, current)
        plan = context.history.upgrade_plan(current, upgrade_target(context))
        reached = context.history.effective([*current, *(item.revision for item in plan)])
        empty(self._folder)
        up = self._script(Direction.UP, current, plan)
        down = self._script(Direction.DOWN, reached, plan[::-1])
        numbers = {item.revision: number for number, item in enumerate(plan, 1)}
        rendered = self._pieces(Direction.UP, up, numbers)
        rendered += self._pieces(Direction.DOWN, down, numbers)
        return Outcome(result=self._result(up, down, rendered))

    def _script(
        self, direction: Direction, start: tuple[str, ...], plan: Sequence[Revision]
    ) -> RenderedScript:
        if not plan:
            return script.NOTHING
        names = tuple(item.revision for item in plan)
        target = names[-1] if direction is Direction.UP else "base"
        request = Offline(
            direction=direction, start=start, target=target, revisions=names, call=self._call
        )
        rendered = self._desk.worker.offline(request)
        if not rendered.pieces:
            raise _nothing_rendered(self._desk.context.project.env_file)
        return rendered

    def _pieces(
        self, direction: Direction, whole: RenderedScript, numbers: dict[str, int]
    ) -> list[RenderedRevision]:
        return [self._piece(direction, whole, item, numbers) for item in whole.pieces]

    def _piece(
        self,
        direction: Direction,
        whole: RenderedScript,
        piece: Rendered,
        numbers: dict[str, int],
    ) -> RenderedRevision:
        context = self._desk.context
        revision = context.history.revisions[piece.revision]
        path = self._folder / script.piece_name(revision, numbers[piece.revision], direction)
        failed = self._problem(piece)
        text = script.stopped(piece.revision, failed) if failed else script.single(whole, piece)
        write_text(path, context.redact(text))
        return RenderedRevision(
            revision=piece.revision,
            direction=direction,
            path=_shown(path, context),
            statement_count=0 if failed else script.statement_count(piece.sql),
            problem=failed,
        )

    def _problem(self, piece: Rendered) -> Problem | None:
        if piece.failure is None:
            return None
        context = self._desk.context
        error = StepFailedError(piece.revision, failure=piece.failure, output="", swallowed=False)
        error.problem = f"Revision {piece.revision} cannot be rendered without a database."
        error.meaning = "It reads from the database, or uses something offline mode lacks."
        error.remedy = (
            "Write it with op.execute() and statements that read nothing, or accept that its "
            "SQL is only known when it runs."
        )
        told = problem(error, redact=context.redact, start_directory=context.start_directory)
        if told.file:
            return told
        revision = context.history.revisions[piece.revision]
        return dataclasses.replace(told, file=_shown(revision.path, context), line=revision.line)

    def _result(
        self, up: RenderedScript, down: RenderedScript, rendered: list[RenderedRevision]
    ) -> SqlResult:
        context = self._desk.context
        problems = {(item.revision, item.direction): item.problem for item in rendered}
        texts = {
            direction: context.redact(
                script.combined(
                    whole,
                    {p.revision: problems[p.revision, direction] for p in whole.pieces},
                )
            )
            for direction, whole in ((Direction.UP, up), (Direction.DOWN, down))
        }
        upgrade_path, downgrade_path = self._folder / "upgrade.sql", self._folder / "downgrade.sql"
        write_text(upgrade_path, texts[Direction.UP])
        write_text(downgrade_path, texts[Direction.DOWN])
        return SqlResult(
            upgrade_path=_shown(upgrade_path, context),
            downgrade_path=_shown(downgrade_path, context),
            sql=texts[Direction.UP],
            sha256=hashlib.sha256(texts[Direction.UP].encode()).hexdigest(),
            revisions=tuple(rendered),
        )


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
