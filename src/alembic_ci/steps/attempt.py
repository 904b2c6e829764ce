"""One revision under test: what was seen of it so far, and how that is said."""

import time

from alembic_ci.delta import Delta
from alembic_ci.history import Body, Revision
from alembic_ci.model import Difference, Phase, Problem, RevisionProof, Verdict
from alembic_ci.project.failures import Failure, ForeignError, StepFailedError
from alembic_ci.steps.lacking import lacking
from alembic_ci.wording import residue

IRREVERSIBLE = "irreversible with a comment `# alembic-ci: irreversible REASON`"

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

_BASELINE = (
    " Where tables were made before the first revision (by create_all or by hand), name them with "
    "--scratch-baseline."
)
# What is altered is not there: https://www.postgresql.org/docs/current/errcodes-appendix.html,
# https://mariadb.com/kb/en/mariadb-error-code-reference/. SQLite has one code for everything.
_NOT_THERE = frozenset({"42P01", "42703", "42704", "1054", "1091", "1146", "SQLITE_ERROR"})


class Attempt:
    """The proof of one revision while it is made."""

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.phase = Phase.UP
        self.notices: list[Difference] = []
        self._started = time.monotonic()
        self._differences: list[Difference] = []
        self._differed: Phase | None = None

    @property
    def name(self) -> str:
        """The revision's id."""
        return self.revision.revision

    def changes_data_only(self) -> None:
        """Note that the schema is as it was; where the downgrade is empty, say so."""
        if self.revision.downgrade is not Body.EMPTY or self.revision.upgrade is not Body.CODE:
            return
        text = "downgrade does nothing; upgrade changes data only, which stays as it is"
        self.notices.append(Difference(text=text, object=f"revision {self.name}"))

    def compare(self, delta: Delta, phase: Phase) -> None:
        """Put what should not be there into words."""
        if not delta:
            return
        differences, notices = residue(delta, phase)
        self._differences += differences
        self.notices += notices
        if differences and self._differed is None:
            self._differed = phase

    def leaves(self, rows: tuple[Difference, ...]) -> None:
        """Note what its downgrade leaves in the version table."""
        self._differences += rows
        if rows and self._differed is None:
            self._differed = Phase.DOWN

    def proof(self) -> RevisionProof:
        """Return the proof of a revision that went all the way."""
        verdict = Verdict.RESIDUE if self._differences else Verdict.PASSED
        return self._proof(verdict, phase=self._differed)

    def cut_short(self, verdict: Verdict, reason: str) -> RevisionProof:
        """Return the proof of a revision that there is a reason not to take all the way."""
        return self._proof(verdict, reason=reason)

    def failed(self, problem: Problem) -> RevisionProof:
        """Return the proof of a revision that raised."""
        verdict = Verdict.RESIDUE if self._differences else Verdict.FAILED
        return self._proof(verdict, phase=self.phase, problem=problem)

    def _proof(
        self,
        verdict: Verdict,
        *,
        phase: Phase | None = None,
        problem: Problem | None = None,
        reason: str = "",
    ) -> RevisionProof:
        return RevisionProof(
            revision=self.name,
            verdict=verdict,
            phase=phase,
            problem=problem,
            differences=tuple(self._differences),
            notices=tuple(self.notices),
            reason=reason,
            duration=time.monotonic() - self._started,
        )


def told(error: StepFailedError, phase: Phase) -> StepFailedError:
    """Return *error* saying which of up, down and second up it was, and what to do."""
    problem, remedy = _WORDS[phase]
    said = error.retold()
    said.problem = problem.format(error.revision)
    said.remedy = " ".join(filter(None, (remedy, _usually(error.failure, phase))))
    if phase is Phase.UP and (needed := lacking(error.failure)):
        said.remedy = needed
    elif phase is Phase.UP and error.failure and error.failure.code in _NOT_THERE:
        said.remedy += _BASELINE
    return said


def _usually(failure: Failure | None, phase: Phase) -> str:
    """Return what helps against such an error; what is there already, an earlier step has made."""
    usual = failure.explanation if failure else None
    if usual is None or phase is Phase.SECOND_UP or usual.failure_class == "already-exists":
        return ""
    return usual.remedy


def unprepared(error: StepFailedError) -> ForeignError:
    """Return the error of a scratch database that cannot be brought to where the test begins."""
    return ForeignError(
        "The scratch database cannot be brought to where the test begins: "
        f"revision {error.revision} fails on it.",
        meaning="The history does not start from an empty database (tables made by create_all or "
        "by hand came first), or a revision that was applied long ago no longer runs.",
        remedy=lacking(error.failure)
        or "Name what must be there first with --scratch-baseline (an SQL file or a command).",
        failure=error.failure,
        output=error.output,
    )


def why_missing(revision: Revision, *, changed: bool) -> str:
    """Say why there is no downgrade to try, if so; *changed* tells what the upgrade did."""
    match revision.downgrade:
        case Body.MISSING:
            return "there is no downgrade()"
        case Body.RAISES:
            return "downgrade() only raises, and nothing declares the revision irreversible"
        case Body.EMPTY if changed:
            return "downgrade() does nothing although upgrade() changes the database"
    return ""


def why_refused(error: StepFailedError) -> str:
    """Say that a downgrade raised on purpose, if so."""
    if error.failure is None or error.failure.kind != NotImplementedError.__name__:
        return ""
    return "downgrade() raises NotImplementedError, and nothing declares the revision irreversible"
