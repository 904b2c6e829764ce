"""The same revisions on tables that hold rows: what fails only there, and what values are lost."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from alembic_ci.history import History, Revision
from alembic_ci.model import (
    Difference,
    Direction,
    Phase,
    Problem,
    RevisionProof,
    Statement,
    Verdict,
)
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session, Stepped
from alembic_ci.project.worker import Online
from alembic_ci.steps.attempt import unprepared
from alembic_ci.steps.baseline import run_file
from alembic_ci.steps.changes import UNCHANGED, Changes
from alembic_ci.steps.desk import Binding
from alembic_ci.steps.keeper import RowKeeper
from alembic_ci.steps.new_keys import NewKey
from alembic_ci.steps.problems import problem
from alembic_ci.steps.prover import Assignment
from alembic_ci.steps.row_errors import (
    about_duplicates,
    about_rows,
    on_duplicates,
    on_made_values,
    on_rows,
    untried,
)
from alembic_ci.steps.scratch import Scratch
from alembic_ci.steps.walkers import bring_up, walk
from alembic_ci.steps.watching import StatementWatch
from alembic_ci.urls import Dialect

_SOUND = frozenset([Verdict.PASSED, Verdict.IRREVERSIBLE])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of the revisions of one database; *unfilled* is why tables have no rows."""

    proofs: tuple[RevisionProof, ...]
    unfilled: Mapping[str, str] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is known of the revisions from empty tables.

    *changes* is what each was seen to change there.
    """

    dialect: Dialect
    assignment: Assignment
    proofs: tuple[RevisionProof, ...]
    changes: Mapping[str, Changes]


class _Turn(NamedTuple):
    """One thing to try: a revision on made rows, or on two rows that are alike in a new *key*."""

    revision: Revision
    key: NewKey | None


class _Running(NamedTuple):
    """What runs now; *columns* are those in which two rows are alike."""

    turn: _Turn
    phase: Phase
    columns: tuple[str, ...] = ()


def tried_with_rows(scratch: Scratch, grounds: Mapping[str, Ground]) -> dict[str, Tried]:
    """Try the revisions of each database on rows; without rows, the proofs are as they were."""
    if not scratch.desk.context.settings.rows:
        return {label: Tried(proofs=ground.proofs) for label, ground in grounds.items()}
    context = scratch.desk.context
    trials = {
        binding.label: RowTrial(
            context.history,
            grounds[binding.label],
            keeper=_keeper(scratch, binding),
            watch=_watch(scratch, binding),
            explain=lambda error: problem(
                error, redact=context.redact, start_directory=context.start_directory
            ),
        )
        for binding in scratch.bindings
    }
    for binding in scratch.bindings:
        scratch.reset(binding, trials[binding.label].standing)
    walk(scratch, trials, Online(scratch=True, inspect=True, record=True))
    return {label: trial.tried() for label, trial in trials.items()}


def _keeper(scratch: Scratch, binding: Binding) -> RowKeeper:
    context = scratch.desk.context
    return RowKeeper(
        lambda: scratch.desk.control(binding),
        rows=context.settings.rows,
        folder=context.project.directory / context.settings.rows_dir,
        run=lambda file: run_file(context, file, binding.url),
    )


def _watch(scratch: Scratch, binding: Binding) -> StatementWatch:
    context, dialect = scratch.desk.context, binding.url.dialect
    return StatementWatch(
        dialect,
        lambda: scratch.desk.control(binding),
        stage=lambda: scratch.stage(binding),
        start=context.start_directory,
        redact=lambda sql: context.redact.sql(sql, dialect),
    )


class RowTrial:
    """The revisions of one database that pass on empty tables, on filled ones; a walker.

    A revision that fails is applied to an empty database, and the trial goes on after it. New
    unique keys are tried on duplicates behind their revision, whose downgrade leads there; before
    it where there is no way back.
    """

    def __init__(
        self,
        history: History,
        ground: Ground,
        *,
        keeper: RowKeeper,
        watch: StatementWatch,
        explain: Callable[[StepFailedError], Problem],
    ) -> None:
        self._history = history
        self._changes = ground.changes
        self._keeper = keeper
        self._watch = watch
        self._dialect = ground.dialect
        self._explain = explain
        self._proofs = {proof.revision: proof for proof in ground.proofs}
        todo = [r for r in ground.assignment.todo if self._proofs[r.revision].applied]
        self._todo = [turn for r in todo for turn in self._turns(r)]
        self._applied = set(ground.assignment.base)
        self._current: _Running | None = None
        self._prepared = self._filled = False
        self.rebuild = False

    @property
    def finished(self) -> bool:
        """Tell whether every revision was tried."""
        return not self._todo

    def tried(self) -> Tried:
        """Return what came of it; the proofs are in the order in which they came."""
        return Tried(
            proofs=tuple(self._proofs.values()),
            unfilled=self._keeper.unfilled,
            statements=self._watch.statements(),
        )

    @property
    def standing(self) -> frozenset[str]:
        """The revisions that the database should hold now."""
        return frozenset(self._applied)

    def prepare(self, session: Session) -> int:
        """Bring the database to where the trial stands, without rows; return the steps it took."""
        self._current = None
        self._prepared = True
        return bring_up(session, self._history, self._applied, self._watch.prelude())

    def visit(self, session: Session) -> None:
        """Bring the database to where the trial stands, fill it, and go on."""
        if not self._prepared:
            self.prepare(session)
        if not self._filled:
            self._keeper.fill(session.ready)
            self._filled = True
        while self._todo and not self.rebuild:
            turn = self._todo[0]
            if turn.key:
                self._try_duplicates(session, turn, turn.key)
            else:
                self._try(session, turn)

    def failed(self, error: StepFailedError) -> None:
        """Note what rows have to do with it, and go on behind the revision."""
        if self._current is None:
            raise unprepared(error)
        turn, phase, columns = self._current
        name = turn.revision.revision
        if turn.key:
            if columns and phase is Phase.UP and about_duplicates(error):
                self._note(name, duplicates=[on_duplicates(turn.key, columns)])
            self._todo.pop(0)
        else:
            if self._proofs[name].problem is None:
                self._proofs[name] = self._blamed(self._proofs[name], error, phase)
            self._applied.add(name)
            self._todo = [other for other in self._todo if other.revision is not turn.revision]
        self._start_again()

    def mend(self) -> bool:
        """Refuse: what fails on rows has to be applied to tables without."""
        return False

    def rebuilt(self) -> None:
        """The database holds less than it should, and no rows; the next visit brings it up."""
        self.rebuild = self._prepared = self._filled = False

    def _start_again(self) -> None:
        self._keeper.forget()
        self.rebuild = True

    def _turns(self, revision: Revision) -> Iterator[_Turn]:
        keys = (_Turn(revision, key) for key in self._changes_of(revision).new_keys)
        if self._goes_down(revision):
            yield _Turn(revision, None)
            yield from keys
        else:
            yield from keys
            yield _Turn(revision, None)

    def _try(self, session: Session, turn: _Turn) -> None:
        name = turn.revision.revision
        self._keeper.own(name)
        stepped = self._step(session, _Running(turn, Phase.UP))
        required = self._changes_of(turn.revision).required
        if self._dialect is Dialect.MYSQL:
            self._note(name, implicit=self._keeper.filled(required, stepped.statements))
        if self._goes_down(turn.revision):
            self._keeper.after_upgrade()
            self._step(session, _Running(turn, Phase.DOWN))
            self._keeper.after_downgrade()
            self._step(session, _Running(turn, Phase.SECOND_UP))
            lost = self._keeper.lost_by_both()
        else:
            lost = self._keeper.lost_by_upgrade()
        self._keeper.settle()
        self._note(name, losses=lost)
        self._applied.add(name)
        self._todo.pop(0)

    def _try_duplicates(self, session: Session, turn: _Turn, key: NewKey) -> None:
        """Upgrade where two rows have the same values; a key may be fine because the rest differs.

        Behind it the database is as before, unless there is no way back.
        """
        back = self._goes_down(turn.revision)
        if back:
            self._step(session, _Running(turn, Phase.DOWN))
        made = self._keeper.duplicate(key)
        if made.obstacle:
            self._note(turn.revision.revision, notices=[untried(key, made.obstacle)])
        if back or made.columns:
            self._step(session, _Running(turn, Phase.UP, made.columns))
        self._todo.pop(0)
        if back:
            self._keeper.settle()
        elif made.columns:
            self._start_again()

    def _step(self, session: Session, running: _Running) -> Stepped:
        """Run one revision; the first time each way, its statements are watched."""
        self._current = running
        revision = running.turn.revision
        direction = Direction.DOWN if running.phase is Phase.DOWN else Direction.UP
        changes = self._changes_of(revision)
        stepped = self._watch.step(session, revision, direction, changes)
        self._keeper.touch(changes.tables, stepped.statements)
        return stepped

    def _changes_of(self, revision: Revision) -> Changes:
        return self._changes.get(revision.revision, UNCHANGED)

    def _goes_down(self, revision: Revision) -> bool:
        proof = self._proofs[revision.revision]
        return proof.verdict in {Verdict.PASSED, Verdict.RESIDUE} and proof.problem is None

    def _note(
        self,
        name: str,
        *,
        losses: Sequence[Difference] = (),
        implicit: Sequence[Difference] = (),
        duplicates: Sequence[Difference] = (),
        notices: Sequence[Difference] = (),
    ) -> None:
        proof = self._proofs[name]
        self._proofs[name] = dataclasses.replace(
            proof,
            losses=(*proof.losses, *losses),
            implicit=(*proof.implicit, *implicit),
            duplicates=(*proof.duplicates, *duplicates),
            notices=(*proof.notices, *notices),
        )

    def _blamed(self, proof: RevisionProof, error: StepFailedError, phase: Phase) -> RevisionProof:
        if not about_rows(error, self._dialect):
            notices = (*proof.notices, on_made_values(error))
            return dataclasses.replace(proof, notices=notices)
        worse = Verdict.FAILED if proof.verdict in _SOUND else proof.verdict
        return dataclasses.replace(
            proof,
            verdict=worse,
            phase=phase,
            problem=self._explain(on_rows(error, phase, self._dialect)),
            only_with_rows=True,
        )
