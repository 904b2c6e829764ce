"""What foreign code raised in the worker, parsed at the border, and our errors about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from alembic_ci.database.explanations import Explanation, explanation
from alembic_ci.errors import AlembicCIError, ExitCode
from alembic_ci.project.executions import Execution


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exception of env.py, a revision or a driver.

    *kind* is its dotted class name, *code* the SQLSTATE or driver number, *lost* tells that the
    connection is gone, *file* and *line* are the innermost place inside the project, *module* is
    what an ImportError could not find.
    """

    kind: str
    message: str
    code: str | None = None
    lost: bool = False
    statement: str | None = None
    file: str | None = None
    line: int | None = None
    module: str | None = None
    traceback: str = ""

    @classmethod
    def parse(cls, message: Mapping[str, object]) -> "Failure":
        """Read the worker's description of an exception."""
        line = message["line"]
        return cls(
            kind=str(message["type"]),
            message=str(message["message"]),
            code=_text(message["code"]),
            lost=message["lost"] is True,
            statement=_text(message["statement"]),
            file=_text(message["file"]),
            line=line if isinstance(line, int) else None,
            module=_text(message["module"]),
            traceback=str(message["traceback"]),
        )

    @property
    def explanation(self) -> Explanation | None:
        """What such an error means in a migration, None where its code says nothing by itself."""
        return explanation(self.code, self.statement)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


class ForeignError(AlembicCIError):
    """Foreign code failed; *failure* is what it raised, *output* the tail of what it printed."""

    failure_class = "migration"

    def __init__(
        self,
        problem: str,
        *,
        remedy: str,
        meaning: str = "",
        failure: Failure | None = None,
        output: str = "",
    ) -> None:
        super().__init__(problem, remedy=remedy, meaning=meaning)
        self.failure = failure
        self.output = output


class EnvError(ForeignError):
    """``env.py`` or an import of the project failed before or after the revisions."""

    exit_code = ExitCode.SETTINGS
    failure_class = "env"


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What a revision had done before it failed; *lasting* tells whether it committed some."""

    statements: tuple[str, ...] = ()
    lasting: bool = False


_NOTHING = Executed()


class StepFailedError(ForeignError):
    """A revision raised; *swallowed* tells whether env.py hid it and reported success.

    *executions* are the full account of what it had executed, if asked for.
    """

    failure_class = "migration"

    def __init__(
        self,
        revision: str,
        *,
        failure: Failure | None,
        output: str,
        swallowed: bool,
        executed: Executed = _NOTHING,
    ) -> None:
        super().__init__(
            f"Revision {revision} failed.",
            meaning="env.py caught the error and went on as if nothing had happened."
            if swallowed
            else "",
            remedy="Read the database's message and its statement.",
            failure=failure,
            output=output,
        )
        self.revision = revision
        self.swallowed = swallowed
        self.executed = executed
        self.executions: tuple[Execution, ...] = ()

    def retold(self) -> "StepFailedError":
        """Return it to be told in other words, without what it had executed."""
        return StepFailedError(
            self.revision, failure=self.failure, output=self.output, swallowed=self.swallowed
        )


class WorkerDiedError(ForeignError):
    """The worker's process ended without an answer."""

    failure_class = "worker"


class WorkerTimeoutError(ForeignError):
    """The worker did not answer in time and was ended."""

    failure_class = "timeout"


class UndoneError(Exception):
    """A step was rolled back because we asked for it; not a failure."""
