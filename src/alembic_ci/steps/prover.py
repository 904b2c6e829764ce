"""Prove revision after revision that it goes up, down and up again, and leaves nothing behind.

The prover is what survives a failure: env.py has to be run again from the start, the proofs made
so far and the place in the list stay.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from alembic_ci.delta import Delta
from alembic_ci.history import Body, History, Revision
from alembic_ci.model import Difference, Direction, Phase, Problem, RevisionProof, Verdict
from alembic_ci.project.failures import ForeignError, StepFailedError
from alembic_ci.project.session import Session
from alembic_ci.steps.observer import Observer
from alembic_ci.wording import residue

Explain = Callable[[StepFailedError], Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What to prove: *base* are the revisions to stand on first, *todo* is oldest first."""

    base: frozenset[str]
    todo: tuple[Revision, ...]


def unprepared(error: StepFailedError) -> ForeignError:
    """Return the error of a scratch database that cannot be brought to where the test begins."""
    return ForeignError(
        f"The scratch database cannot be brought to where the test begins: "
        f"revision {error.revision} fails on it.",
        meaning="The history does not start from an empty database (tables made by create_all or "
        "by hand came first), or a revision that was applied long ago no longer runs.",
        remedy="Name what must be there first with --scratch-baseline (an SQL file or a command).",
        failure=error.failure,
        output=error.output,
    )


IRREVERSIBLE = "irreversible with a comment `# alembic-ci: irreversible REASON`"


class Prover:
    """The rollback test of one database.

    *observer* watches the scratch database's schema. Call visit() in every run of env.py until
    finished is true; after a StepFailedError call failed() first, and when rebuild is true give it
    an empty database and say rebuilt().
    """

    def __init__(
        self,
        history: History,
        assignment: Assignment,
        *,
        observer: Observer,
        explain: Explain,
        done: Callable[[RevisionProof], None],
    ) -> None:
        self._history = history
        self._applied = set(assignment.base)
        self._todo = list(assignment.todo)
        self._observer = observer
        self._explain = explain
        self._done = done
        self._broken: set[str] = set()
        self._current: _Attempt | None = None
        self._recovering = False
        self._prepared = False
        self.rebuild = False
        self.proofs: list[RevisionProof] = []

    @property
    def finished(self) -> bool:
        """Tell whether every revision has its verdict."""
        return not self._todo

    def prepare(self, session: Session) -> None:
        """Bring the database to where the test begins, and look at it.

        A revision that fails here raises out of the run of env.py; see ``unprepared``.
        """
        self._current = None
        self._observer.attach(session)
        there = self._history.closure(session.ready.heads)
        for revision in self._history.oldest_first():
            if revision.revision in self._applied and revision.revision not in there:
                session.step(revision.revision, Direction.UP)
        self._observer.start()
        self._prepared = True

    def visit(self, session: Session) -> None:
        """Go on where the last run ended."""
        self._observer.attach(session)
        if self._recovering and not self._recovered(session):
            self.rebuild = True
            return
        if not self._prepared:
            self.prepare(session)
        while self._todo and not self.rebuild:
            self._prove(self._todo[0])

    def failed(self, error: StepFailedError) -> None:
        """Take note of a step that raised; its revision has its verdict now."""
        self._observer.forget()
        self._recovering = True
        attempt = self._current
        if attempt is None:
            raise unprepared(error)
        problem = self._explain(told(error, attempt.phase))
        if attempt.phase is Phase.UP:
            self._broken.add(attempt.revision.revision)
        else:
            self._applied.add(attempt.revision.revision)
        self.rebuild = attempt.phase is Phase.SECOND_UP
        verdict = Verdict.RESIDUE if attempt.differences else Verdict.FAILED
        self._finish(attempt, verdict, problem=problem)

    def rebuilt(self) -> None:
        """The database is empty again; the next visit brings it back to where it was."""
        self.rebuild = False
        self._recovering = False
        self._prepared = False

    def _recovered(self, session: Session) -> bool:
        """Look whether the failed step left the database as if it had never run."""
        self._recovering = False
        where = self._history.closure(session.ready.heads)
        return where == self._applied and not self._observer.resync()

    def _prove(self, revision: Revision) -> None:
        attempt = self._current = _Attempt(revision)
        standing = self._history.closure([revision.revision]) - {revision.revision}
        if standing & self._broken:
            self._broken.add(revision.revision)
            missing = ", ".join(sorted(standing & self._broken))
            self._finish(attempt, Verdict.NOT_RUN, reason=f"needs {missing}, which failed")
            return
        up = self._observer.step(revision.revision, Direction.UP)
        self._applied.add(revision.revision)
        if revision.irreversible is not None:
            reason = revision.irreversible or "declared in the revision"
            self._finish(attempt, Verdict.IRREVERSIBLE, reason=reason)
        elif revision.downgrade is Body.MISSING or (revision.downgrade is Body.EMPTY and up):
            self._finish(attempt, Verdict.MISSING, reason=_why_missing(revision))
        else:
            attempt.notices += _idle_notices(revision)
            self._down_and_up(attempt, up)

    def _down_and_up(self, attempt: "_Attempt", up: Delta) -> None:
        name = attempt.revision.revision
        attempt.phase = Phase.DOWN
        down = self._observer.step(name, Direction.DOWN)
        self._applied.discard(name)
        left = up.then(down)
        attempt.compare(left, Phase.DOWN)
        attempt.phase = Phase.SECOND_UP
        again = self._observer.step(name, Direction.UP)
        self._applied.add(name)
        difference = down.then(again)
        attempt.compare(difference.without(left), Phase.SECOND_UP)
        self.rebuild = bool(difference)
        verdict = Verdict.RESIDUE if attempt.differences else Verdict.PASSED
        self._finish(attempt, verdict, phase=attempt.differed)

    def _finish(
        self,
        attempt: "_Attempt",
        verdict: Verdict,
        *,
        problem: Problem | None = None,
        reason: str = "",
        phase: Phase | None = None,
    ) -> None:
        proof = RevisionProof(
            revision=attempt.revision.revision,
            verdict=verdict,
            phase=attempt.phase if problem else phase,
            problem=problem,
            differences=tuple(attempt.differences),
            notices=tuple(attempt.notices),
            reason=reason,
            duration=time.monotonic() - attempt.started,
        )
        self._todo.pop(0)
        self._current = None
        self.proofs.append(proof)
        self._done(proof)


class _Attempt:
    """One revision under test."""

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.phase = Phase.UP
        self.started = time.monotonic()
        self.differences: list[Difference] = []
        self.notices: list[Difference] = []
        self.differed: Phase | None = None

    def compare(self, delta: Delta, phase: Phase) -> None:
        """Put what should not be there into words."""
        if not delta:
            return
        differences, notices = residue(delta, phase)
        self.differences += differences
        self.notices += notices
        if differences and self.differed is None:
            self.differed = phase


def told(error: StepFailedError, phase: Phase) -> StepFailedError:
    """Return *error* saying which of up, down and second up it was, and what to do."""
    problem, remedy = _WORDS[phase]
    said = StepFailedError(
        error.revision, failure=error.failure, output=error.output, swallowed=error.swallowed
    )
    said.problem = problem.format(error.revision)
    said.remedy = remedy
    return said


_WORDS = {
    Phase.UP: (
        "Revision {} cannot be applied to the scratch database.",
        "It would fail in the environment, too: correct upgrade().",
    ),
    Phase.DOWN: (
        "The downgrade of revision {} fails.",
        f"Correct downgrade(), or declare the revision {IRREVERSIBLE}.",
    ),
    Phase.SECOND_UP: (
        "After its own downgrade, revision {} cannot be applied again.",
        "Let downgrade() take back everything that upgrade() does.",
    ),
}


def _idle_notices(revision: Revision) -> list[Difference]:
    if revision.downgrade is not Body.EMPTY or revision.upgrade is not Body.CODE:
        return []
    text = "downgrade does nothing; upgrade changes data only, which stays as it is"
    return [Difference(text=text, object=f"revision {revision.revision}")]


def _why_missing(revision: Revision) -> str:
    if revision.downgrade is Body.MISSING:
        return "there is no downgrade()"
    return "downgrade() does nothing although upgrade() changes the database"
