"""The same revisions on tables that hold rows: what fails only there, and what values are lost."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from alembic_ci.history import History, Revision
from alembic_ci.model import Difference, Direction, Phase, Problem, RevisionProof, Verdict
from alembic_ci.project.executions import Kind
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session, Stepped
from alembic_ci.steps.attempt import unprepared
from alembic_ci.steps.changes import UNCHANGED, Changes
from alembic_ci.steps.ground import Ground
from alembic_ci.steps.keeper import RowKeeper
from alembic_ci.steps.new_keys import NewKey
from alembic_ci.steps.row_errors import (
    about_duplicates,
    about_rows,
    on_duplicates,
    on_made_values,
    on_rows,
    untried,
)
from alembic_ci.steps.walkers import bring_up
from alembic_ci.steps.watching import Scripts, StatementWatch
from alembic_ci.steps.worn_out import not_tried, worn_out
from alembic_ci.urls import Dialect

_SOUND = frozenset([Verdict.PASSED, Verdict.IRREVERSIBLE])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of revisions of one database; *unfilled* is why tables have no rows."""

    proofs: tuple[RevisionProof, ...]
    scripts: Scripts
    unfilled: Mapping[str, str] = field(default_factory=dict)

    def followed_by(self, later: "Tried") -> "Tried":
        """Return this and what came of later revisions."""
        return Tried(
            proofs=self.proofs + later.proofs,
            scripts=self.scripts.followed_by(later.scripts),
            unfilled={**self.unfilled, **later.unfilled},
        )


class _Turn(NamedTuple):
    """One thing to try: a revision on made rows, or on two rows that are alike in a new *key*."""

    revision: Revision
    key: NewKey | None


class _Running(NamedTuple):
    """What runs now; *columns* are those in which two rows are alike."""

    turn: _Turn
    phase: Phase
    columns: tuple[str, ...] = ()


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
        todo = [r for r in ground.todo if self._proofs[r.revision].applied]
        self._todo = [turn for r in todo for turn in self._turns(r)]
        self._base = ground.base
        self._applied = set(ground.base | ground.below)
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
            scripts=self._watch.scripts(),
            unfilled=self._keeper.unfilled,
        )

    @property
    def standing(self) -> frozenset[str]:
        """The revisions that the database should hold now."""
        return frozenset(self._applied)

    def prepare(self, session: Session) -> int:
        """Bring the database to where the trial stands, without rows; return the steps it took."""
        self._current = None
        self._prepared = True
        history, look = self._history, self._watch.prelude()
        steps = bring_up(session, history, self._base, look)
        self._watch.begin()
        return steps + bring_up(session, history, self._applied, look, brought=self._base)

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
        there_and_back = self._proofs[name].verdict is Verdict.PASSED
        if self._goes_down(turn.revision):
            self._keeper.after_upgrade()
            self._step(session, _Running(turn, Phase.DOWN))
            self._keeper.after_downgrade(as_before=there_and_back)
            self._step(session, _Running(turn, Phase.SECOND_UP))
            lost = self._keeper.lost_by_both()
        else:
            lost = self._keeper.lost_by_upgrade()
        self._keeper.settle(as_upgraded=there_and_back)
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
        unseen = any(one.kind is Kind.UNSEEN for one in stepped.executions)
        self._keeper.touch(changes.tables, stepped.statements, unseen=unseen)
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
        self._proofs[name] = replace(
            proof,
            losses=(*proof.losses, *losses),
            implicit=(*proof.implicit, *implicit),
            duplicates=(*proof.duplicates, *duplicates),
            notices=(*proof.notices, *notices),
        )

    def _blamed(self, proof: RevisionProof, error: StepFailedError, phase: Phase) -> RevisionProof:
        if worn_out(error.failure):
            return replace(proof, notices=(*proof.notices, not_tried(proof.revision)))
        if not about_rows(error, phase, self._dialect):
            notices = (*proof.notices, on_made_values(error, phase))
            return replace(proof, notices=notices)
        worse = Verdict.FAILED if proof.verdict in _SOUND else proof.verdict
        return replace(
            proof,
            verdict=worse,
            phase=phase,
            problem=self._explain(on_rows(error, phase, self._dialect)),
            only_with_rows=True,
        )
