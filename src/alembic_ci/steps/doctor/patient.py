"""One database under examination."""

from collections.abc import Sequence
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.errors import ExitCode
from alembic_ci.history import Revision, relative
from alembic_ci.model import Command, Problem
from alembic_ci.project.session import Ready
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.half_way import uses_autocommit
from alembic_ci.steps.recipes import Recipes
from alembic_ci.urls import Dialect

_DEFAULT_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What the checks look at.

    *ready* is what Alembic said of the version table, None where env.py cannot be run. *rows* is
    what that table holds, None where there is none. When *urgent*, a change has just failed, and
    every lock counts, however young.
    """

    desk: Desk
    binding: Binding
    ready: Ready | None
    rows: tuple[str, ...] | None
    urgent: bool

    @property
    def context(self) -> Context:
        """The run."""
        return self.desk.context

    @property
    def control(self) -> Control:
        """Our own connection."""
        return self.desk.control(self.binding)

    @property
    def title(self) -> str:
        """The database's name in the run."""
        return self.desk.title(self.binding)

    @property
    def table(self) -> str:
        """The version table's name, as env.py has it."""
        return self.ready.version_table if self.ready else _DEFAULT_TABLE

    @property
    def schema(self) -> str | None:
        """The version table's schema, None for the default one."""
        return self.ready.schema if self.ready else None

    @property
    def current(self) -> tuple[str, ...]:
        """The rows of the version table; no table holds none."""
        return self.rows or ()

    @property
    def recipes(self) -> Recipes:
        """Command lines for this environment."""
        alone = len(self.desk.bindings) == 1  # else env.py migrates them together
        label = self.binding.label if alone else ""
        return Recipes(self.context, self.desk.environment, label)

    @property
    def sound(self) -> bool:
        """Tell whether something can be concluded from the version table."""
        history = self.context.history
        return not history.unknown(self.current) and not history.covered(self.current)

    @property
    def applied(self) -> frozenset[str]:
        """The revisions that the version table stands for, as far as the project has them."""
        history = self.context.history
        unknown = history.unknown(self.current)
        return history.closure(name for name in self.current if name not in unknown)

    def found(  # noqa: PLR0913 - the fields of a problem, most of them seldom used
        self,
        failure_class: str,
        problem: str,
        *,
        meaning: str = "",
        remedy: str = "",
        exit_code: ExitCode = ExitCode.FAILED,
        evidence: Sequence[str] = (),
        commands: Sequence[Command] = (),
        revision: Revision | None = None,
    ) -> Problem:
        """Return what was found as a value of the report, redacted."""
        redact = self.context.redact
        return Problem(
            failure_class=failure_class,
            exit_code=exit_code,
            problem=redact(problem),
            meaning=redact(meaning),
            remedy=redact(remedy),
            revision=revision.revision if revision else None,
            file=relative(revision.path, self.context.start_directory.resolve())
            if revision
            else None,
            line=revision.line if revision else None,
            evidence=tuple(redact(line) for line in evidence),
            commands=tuple(commands),
        )


def keeps_parts(patient: Patient) -> bool:
    """Tell whether a part of a revision may stay in the database when it is ended in the middle."""
    ready, history = patient.ready, patient.context.history
    if ready is None or patient.binding.url.dialect is Dialect.MYSQL or not ready.transactional:
        return True
    there = patient.applied
    near = [history.revisions[name] for name in history.effective(there)]
    near += [item for item in history.oldest_first() if item.revision not in there][:1]
    return any(uses_autocommit(revision) for revision in near)
