"""The same revisions on tables that hold rows: what fails only there, and what values are lost."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.history import History, Revision
from alembic_ci.model import Difference, Direction, Phase, Problem, RevisionProof, Verdict
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.steps.attempt import unprepared
from alembic_ci.steps.baseline import run_file
from alembic_ci.steps.desk import Binding
from alembic_ci.steps.keeper import RowKeeper
from alembic_ci.steps.problems import problem
from alembic_ci.steps.prover import Assignment
from alembic_ci.steps.row_errors import about_rows, on_made_values, on_rows
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.walkers import bring_up, walk

Proofs = Mapping[str, tuple[RevisionProof, ...]]
Touched = Mapping[str, Mapping[str, frozenset[str]]]


def tried_with_rows(
    scratch: Scratch, assignments: Mapping[str, Assignment], proofs: Proofs, touched: Touched
) -> tuple[dict[str, tuple[RevisionProof, ...]], dict[str, dict[str, str]]]:
    """Return the proofs with what rows add to them, and why tables have no rows, by label."""
    if not scratch.desk.context.settings.rows:
        return dict(proofs), {label: {} for label in proofs}
    trials = {
        binding.label: RowTrial(
            scratch.desk.context.history,
            Ground(
                assignment=assignments[binding.label],
                proofs=proofs[binding.label],
                touched=touched[binding.label],
            ),
            keeper=_keeper(scratch, binding),
            explain=lambda error: problem(
                error,
                redact=scratch.desk.context.redact,
                start_directory=scratch.desk.context.start_directory,
            ),
        )
        for binding in scratch.bindings
    }
    scratch.empty(scratch.bindings)
    walk(scratch, trials, inspect=False)
    found = {label: trial.proofs() for label, trial in trials.items()}
    return found, {label: trial.unfilled for label, trial in trials.items()}


def _keeper(scratch: Scratch, binding: Binding) -> RowKeeper:
    context = scratch.desk.context
    return RowKeeper(
        lambda: scratch.desk.control(binding),
        rows=context.settings.rows,
        folder=context.project.directory / context.settings.rows_dir,
        run=lambda file: run_file(context, file, binding.url),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of the revisions from empty tables; *touched* are the tables each changes."""

    assignment: Assignment
    proofs: tuple[RevisionProof, ...]
    touched: Mapping[str, frozenset[str]]


class RowTrial:
    """The revisions of one database that pass on empty tables, on filled ones; a walker.

    A revision that fails is applied to an empty database, and the trial goes on after it.
    """

    def __init__(
        self,
        history: History,
        ground: Ground,
        *,
        keeper: RowKeeper,
        explain: Callable[[StepFailedError], Problem],
    ) -> None:
        self._history = history
        self._touched = ground.touched
        self._keeper = keeper
        self._explain = explain
        self._proofs = {proof.revision: proof for proof in ground.proofs}
        self._todo = [r for r in ground.assignment.todo if self._proofs[r.revision].applied]
        self._applied = set(ground.assignment.base)
        self._current: tuple[Revision, Phase] | None = None
        self._prepared = False
        self.rebuild = False

    @property
    def finished(self) -> bool:
        """Tell whether every revision was tried."""
        return not self._todo

    @property
    def unfilled(self) -> dict[str, str]:
        """Why tables have no rows, by name."""
        return self._keeper.unfilled

    def proofs(self) -> tuple[RevisionProof, ...]:
        """Return the proofs, in the order in which they came."""
        return tuple(self._proofs.values())

    def visit(self, session: Session) -> None:
        """Bring the database to where the trial stands, fill it, and go on."""
        if not self._prepared:
            self._current = None
            bring_up(session, self._history, self._applied)
            self._keeper.fill(session.ready)
            self._prepared = True
        while self._todo:
            self._try(session, self._todo[0])

    def failed(self, error: StepFailedError) -> None:
        """Note what rows have to do with it, and go on behind the revision."""
        if self._current is None:
            raise unprepared(error)
        revision, phase = self._current
        proof = self._proofs[revision.revision]
        if proof.problem is None:
            self._proofs[revision.revision] = self._blamed(proof, error, phase)
        self._keeper.forget()
        self._applied.add(revision.revision)
        self._todo.pop(0)
        self.rebuild = True

    def rebuilt(self) -> None:
        """The database is empty; the next visit brings it back."""
        self.rebuild = False
        self._prepared = False

    def _try(self, session: Session, revision: Revision) -> None:
        self._keeper.own(revision.revision)
        self._step(session, revision, Phase.UP)
        if self._goes_down(revision):
            self._keeper.after_upgrade()
            self._step(session, revision, Phase.DOWN)
            self._keeper.after_downgrade()
            self._step(session, revision, Phase.SECOND_UP)
            lost = self._keeper.lost_by_both()
        else:
            lost = self._keeper.lost_by_upgrade()
        self._keeper.settle()
        self._note(revision.revision, lost)
        self._applied.add(revision.revision)
        self._todo.pop(0)

    def _step(self, session: Session, revision: Revision, phase: Phase) -> None:
        self._current = (revision, phase)
        direction = Direction.DOWN if phase is Phase.DOWN else Direction.UP
        stepped = session.step(revision.revision, direction)
        changed = self._touched.get(revision.revision, frozenset())
        self._keeper.touch(changed, stepped.statements)

    def _goes_down(self, revision: Revision) -> bool:
        proof = self._proofs[revision.revision]
        return proof.verdict in {Verdict.PASSED, Verdict.RESIDUE} and proof.problem is None

    def _note(self, name: str, lost: Sequence[Difference]) -> None:
        if lost:
            self._proofs[name] = dataclasses.replace(self._proofs[name], losses=tuple(lost))

    def _blamed(self, proof: RevisionProof, error: StepFailedError, phase: Phase) -> RevisionProof:
        if not about_rows(error):
            notices = (*proof.notices, on_made_values(error))
            return dataclasses.replace(proof, notices=notices)
        worse = Verdict.FAILED if proof.verdict is Verdict.PASSED else proof.verdict
        return dataclasses.replace(
            proof,
            verdict=worse,
            phase=phase,
            problem=self._explain(on_rows(error, phase)),
            only_with_rows=True,
        )
