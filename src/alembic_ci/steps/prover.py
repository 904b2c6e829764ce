"""Prove revision after revision that it goes up, down and up again, and leaves nothing behind.

The prover is what survives a failure: env.py has to be run again from the start, the proofs made
so far and the place in the list stay.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from alembic_ci.delta import Delta, Snapshot
from alembic_ci.history import History, Revision
from alembic_ci.model import Direction, Phase, Problem, RevisionProof, Verdict
from alembic_ci.project.failures import StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.steps.aftermath import Aftermath
from alembic_ci.steps.attempt import Attempt, told, unprepared, why_missing, why_refused
from alembic_ci.steps.changes import UNCHANGED, Changes
from alembic_ci.steps.observer import Observer
from alembic_ci.steps.rows_left import rows_left
from alembic_ci.steps.stumbling import point_out
from alembic_ci.steps.walkers import bring_up


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What to prove: *base* are the revisions to stand on first, *todo* is oldest first.

    *elsewhere* are those that come to stand on the same database, and that others prove.
    """

    base: frozenset[str]
    todo: tuple[Revision, ...]
    elsewhere: frozenset[str] = frozenset()

    @property
    def reached(self) -> frozenset[str]:
        """All that is applied in the end."""
        return self.base | self.elsewhere | {revision.revision for revision in self.todo}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """What was found out about some revisions; see `Prover`."""

    proofs: tuple[RevisionProof, ...]
    changes: Mapping[str, Changes]
    schema: Snapshot | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a prover works with.

    *observer* watches the scratch database's schema. *irreversible* says why a revision has no way
    back, *explain* makes a problem of the report from an error, *done* hears of every proof. *keep*
    keeps what the database holds, where it can, and *restore* puts that back.
    """

    observer: Observer
    irreversible: Callable[[Revision], str | None]
    explain: Callable[[StepFailedError], Problem]
    done: Callable[[RevisionProof], None]
    keep: Callable[[], bool]
    restore: Callable[[], None]


class Prover:
    """The rollback test of one database.

    A walker; *changes* is what each revision was seen to change, by its id, *schema* what
    the database holds when all are proved, unless the last one spoilt it. It stops before the last
    *spared* revisions.
    """

    def __init__(self, history: History, assignment: Assignment, bench: Bench) -> None:
        self._history = history
        self._assignment = assignment
        self._reached = assignment.reached
        self._bench = bench
        self._observer = bench.observer
        self._current: Attempt | None = None
        self._recovering = False
        self._prepared = False
        self._looked = False
        self._kept = False
        self._left = Aftermath.NOTHING
        self.rebuild = False
        self.spared = 0
        self.proofs: list[RevisionProof] = []
        self._begin()

    def _begin(self) -> None:
        self._applied = set(self._assignment.base)
        self._todo = list(self._assignment.todo)
        self._broken: set[str] = set()
        self.changes: dict[str, Changes] = {}
        self.schema: Snapshot | None = None
        self.proofs.clear()

    @property
    def running(self) -> str:
        """The revision under test now, if any."""
        return self._current.revision.revision if self._current else ""

    @property
    def finished(self) -> bool:
        """Tell whether every revision that is not spared has its verdict."""
        return len(self._todo) <= self.spared

    @property
    def standing(self) -> frozenset[str]:
        """The revisions that the database should hold now."""
        return frozenset(self._applied)

    def prepare(self, session: Session) -> int:
        """Bring the database to where the test stands; return the steps it took.

        A revision that fails here raises out of the run of env.py; see ``unprepared``.
        """
        self._current = None
        self._prepared = True
        self._looked = False
        return bring_up(session, self._history, self._applied)

    def visit(self, session: Session) -> None:
        """Go on where the last run ended."""
        self._observer.attach(session)
        if self._recovering and not self._recovered(session):
            self.rebuild = True
            return
        if not self._prepared:
            self.prepare(session)
        if not self._looked:
            self._observer.start()
            self._looked = True
        while not self.finished and not self.rebuild:
            self._prove(self._todo[0])
        if self.finished and not self.rebuild:
            self._check()

    def failed(self, error: StepFailedError) -> None:
        """Take note of a step that raised; its revision has its verdict now."""
        self._observer.forget()
        self._recovering = True
        attempt = self._current
        if attempt is None:
            raise unprepared(error)
        if attempt.phase is Phase.UP:
            self._broken.add(attempt.name)
        else:
            self._applied.add(attempt.name)
        self._left = self._observer.left_by(error)
        self.rebuild = (
            self._kept or attempt.phase is Phase.SECOND_UP or self._left is Aftermath.SOMETHING
        )
        if attempt.phase is Phase.DOWN and (why := why_refused(error)):
            self._finish(attempt.cut_short(Verdict.MISSING, why))
            return
        said = told(error, attempt.phase)
        point_out(said, self._history)
        problem = self._bench.explain(said)
        self._finish(attempt.failed(problem))

    def rebuilt(self) -> None:
        """The database holds less than it should; the next visit brings it up."""
        self.rebuild = False
        self._recovering = False
        self._prepared = False

    @property
    def doubtful(self) -> bool:
        """Tell whether only a look shows if the last step that failed has left something."""
        return self._recovering and self._left is not Aftermath.NOTHING

    def expects(self, heads: Collection[str], schema: Snapshot) -> bool:
        """Tell whether a database in which nothing was left has these *heads* and this *schema*."""
        where = self._history.closure(tuple(heads))
        return where == self._applied and schema == self._observer.tracker.state

    def found(self) -> Proved:
        """Return what was found out so far."""
        return Proved(proofs=tuple(self.proofs), changes=dict(self.changes), schema=self.schema)

    def take_over(self, proved: Proved) -> None:
        """Go on behind the next revisions, which were proved elsewhere."""
        self.changes.update(proved.changes)
        for proof in proved.proofs:
            (self._applied if proof.applied else self._broken).add(proof.revision)
            self._finish(proof)
        self.schema = proved.schema

    def mend(self) -> bool:
        """Put back what the database held before the revision that spoilt it, if that was kept.

        The next visit applies it, where it can be applied.
        """
        if not self._kept:
            return False
        self._bench.restore()
        self._kept = False
        self.rebuilt()
        return True

    def _check(self) -> None:
        """Compare what was followed step by step with the whole catalogue, at the very end.

        Where something was missed (statements the worker did not see, catalogues nobody locks),
        everything is proved again with the whole catalogue read after every step.
        """
        if self._observer.resync() and not self._observer.thorough:
            self._observer.thorough = True
            self._kept = False
            self._begin()
            self.rebuild = True
        else:
            self.schema = dict(self._observer.tracker.state)

    def _recovered(self, session: Session) -> bool:
        """Look whether the failed step left the database as if it had never run."""
        self._recovering = False
        where = self._history.closure(session.ready.heads)
        return where == self._applied and not self._observer.resync()

    def _prove(self, revision: Revision) -> None:
        attempt = self._current = Attempt(revision)
        missing = self._missing(revision)
        if missing:
            self._broken.add(revision.revision)
            self._finish(attempt.cut_short(Verdict.NOT_RUN, f"needs {missing}, which failed"))
            return
        up = self._step(attempt, Direction.UP)
        reason = self._bench.irreversible(revision)
        if reason is not None:
            reason = reason or "declared in the revision"
            self._finish(attempt.cut_short(Verdict.IRREVERSIBLE, reason))
        elif why := why_missing(revision, changed=bool(up)):
            self._finish(attempt.cut_short(Verdict.MISSING, why))
        else:
            self._down_and_up(attempt, up)

    def _missing(self, revision: Revision) -> str:
        """Name what the revision stands on and could not be applied."""
        if not self._broken:
            return ""
        below = self._history.closure([revision.revision]) - {revision.revision}
        return ", ".join(sorted(below & self._broken))

    def _step(self, attempt: Attempt, direction: Direction) -> Delta:
        if attempt.phase is Phase.UP:
            self._kept = self._bench.keep()
        delta = self._observer.step(attempt.name, direction)
        if direction is Direction.UP:
            self._applied.add(attempt.name)
        else:
            self._applied.discard(attempt.name)
        known = self.changes.get(attempt.name, UNCHANGED)
        self.changes[attempt.name] = known.with_step(direction, delta, self._observer.narrowed)
        return delta

    def _down_and_up(self, attempt: Attempt, up: Delta) -> None:
        if not up:
            attempt.changes_data_only()
        attempt.phase = Phase.DOWN
        down = self._step(attempt, Direction.DOWN)
        left = up.then(down)
        attempt.compare(left, Phase.DOWN)
        session, reached = self._observer.session, self._reached
        attempt.leaves(rows_left(session, self._history, attempt.name, self._applied, reached))
        attempt.phase = Phase.SECOND_UP
        difference = down.then(self._step(attempt, Direction.UP))
        attempt.compare(difference.without(left), Phase.SECOND_UP)
        self.rebuild = bool(difference)
        self._finish(attempt.proof())

    def _finish(self, proof: RevisionProof) -> None:
        self._todo.pop(0)
        self._current = None
        self.schema = None
        self.proofs.append(proof)
        self._bench.done(proof)
