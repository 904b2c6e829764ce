"""Up, down, up of each revision, one after the other, in as few runs of env.py as possible."""

from collections.abc import Mapping

from alembic_ci.history import Revision
from alembic_ci.model import RevisionProof
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.project.worker import Online
from alembic_ci.steps.baseline import run_file
from alembic_ci.steps.context import Progress
from alembic_ci.steps.desk import Binding
from alembic_ci.steps.keeper import NoRows, RowKeeper, Rows
from alembic_ci.steps.observer import Observer
from alembic_ci.steps.problems import problem
from alembic_ci.steps.prover import Assignment, Bench, Prover
from alembic_ci.steps.scratch import Scratch


class Stairway:
    """The provers of a desk's databases, run until every revision has its verdict."""

    def __init__(
        self, scratch: Scratch, assignments: Mapping[str, Assignment], *, progress: Progress
    ) -> None:
        self._scratch = scratch
        self._progress = progress
        self._active: Prover | None = None
        self.keepers: dict[str, RowKeeper] = {}
        self.provers = {b.label: self._prover(b, assignments[b.label]) for b in scratch.bindings}

    def run(self) -> None:
        """Prove everything."""
        while not all(prover.finished for prover in self.provers.values()):
            self._once()
            broken = [b for b in self._scratch.bindings if self._must_rebuild(b)]
            self._scratch.empty(broken)
            for binding in broken:
                self.provers[binding.label].rebuilt()

    def prepare(self) -> None:
        """Bring the databases to where the proofs begin, and no further."""
        self._scratch.desk.sessions_of(
            Online(scratch=True),
            lambda binding, session: self.provers[binding.label].prepare(session),
        )

    def _once(self) -> None:
        """Run env.py once; a step that fails ends the run, and has its place in the proofs."""
        try:
            self._scratch.desk.sessions_of(Online(scratch=True, inspect=True), self._visit)
        except StepFailedError as error:
            if self._active is None:
                raise
            self._active.failed(error)

    def _visit(self, binding: Binding, session: Session) -> None:
        self._active = self.provers[binding.label]
        self._active.visit(session)

    def _must_rebuild(self, binding: Binding) -> bool:
        prover = self.provers[binding.label]
        return prover.rebuild and not prover.finished

    def _prover(self, binding: Binding, assignment: Assignment) -> Prover:
        desk, context = self._scratch.desk, self._scratch.desk.context
        rows = self._rows(binding)
        self._progress.begin(f"rollback test {desk.title(binding)}", len(assignment.todo))

        def done(proof: RevisionProof) -> None:
            self._progress.advance(f"rollback test {proof.revision}: {proof.verdict.value}")

        bench = Bench(
            observer=Observer(lambda: desk.control(binding), binding.url.dialect),
            rows=rows,
            irreversible=self._irreversible,
            explain=lambda error: problem(
                error, redact=context.redact, start_directory=context.start_directory
            ),
            done=done,
        )
        return Prover(context.history, assignment, bench)

    def _irreversible(self, revision: Revision) -> str | None:
        """Return the reason why a revision has no way back, from its file or the settings."""
        declared = dict(self._scratch.desk.context.settings.irreversible)
        return declared.get(revision.revision, revision.irreversible)

    def _rows(self, binding: Binding) -> Rows:
        context = self._scratch.desk.context
        settings = context.settings
        if not settings.rows:
            return NoRows()
        keeper = RowKeeper(
            lambda: self._scratch.desk.control(binding),
            rows=settings.rows,
            folder=context.project.directory / settings.rows_dir,
            run=lambda file: run_file(context, file, binding.url),
        )
        self.keepers[binding.label] = keeper
        return keeper
