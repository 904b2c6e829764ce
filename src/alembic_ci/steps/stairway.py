"""Up, down, up of each revision, one after the other, in as few runs of env.py as possible."""

from collections.abc import Mapping

from alembic_ci.history import Revision
from alembic_ci.model import RevisionProof
from alembic_ci.project.worker import Online
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Progress
from alembic_ci.steps.observer import Observer
from alembic_ci.steps.problems import problem
from alembic_ci.steps.prover import Assignment, Bench, Prover
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.walkers import brought, walk
from alembic_ci.urls import Dialect


class Stairway:
    """The provers of a desk's databases, on empty tables; see `Observer` for *thorough*."""

    def __init__(
        self,
        scratch: Scratch,
        assignments: Mapping[str, Assignment],
        *,
        progress: Progress,
        thorough: bool = False,
    ) -> None:
        self._scratch = scratch
        self._progress = progress
        self._thorough = thorough
        self.provers = {b.label: self._prover(b, assignments[b.label]) for b in scratch.bindings}

    def run(self) -> None:
        """Prove everything."""
        postgresql = any(b.url.dialect is Dialect.POSTGRESQL for b in self._scratch.bindings)
        walk(self._scratch, self.provers, Online(scratch=True, inspect=postgresql))

    def prepare(self) -> None:
        """Bring the databases to where the proofs begin, and no further; that may be kept."""
        brought(self._scratch, self.provers, Online(scratch=True))

    def _prover(self, binding: Binding, assignment: Assignment) -> Prover:
        desk, context = self._scratch.desk, self._scratch.desk.context
        self._progress.begin(f"rollback test {desk.title(binding)}", len(assignment.todo))

        def done(proof: RevisionProof) -> None:
            self._progress.advance(f"rollback test {proof.revision}: {proof.verdict.value}")

        bench = Bench(
            observer=Observer(
                lambda: desk.control(binding), binding.url.dialect, thorough=self._thorough
            ),
            irreversible=self._irreversible,
            explain=lambda error: problem(
                error, redact=context.redact, start_directory=context.start_directory
            ),
            done=done,
            keep=lambda: self._scratch.keep_step(binding),
            restore=lambda: self._scratch.restore_step(binding),
        )
        return Prover(context.history, assignment, bench)

    def _irreversible(self, revision: Revision) -> str | None:
        """Return the reason why a revision has no way back, from its file or the settings."""
        declared = dict(self._scratch.desk.context.settings.irreversible)
        return declared.get(revision.revision, revision.irreversible)
