"""Drive a worker: load the project, run env.py online or offline, run Alembic's command line."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass

from alembic_ci.errors import AlembicCIError, WorkerError
from alembic_ci.project.executions import Execution
from alembic_ci.project.explain import env_error, fenced
from alembic_ci.project.failures import Executed, Failure, StepFailedError, UndoneError
from alembic_ci.project.locate import Project
from alembic_ci.project.offline import Offline, Rendered, RenderedScript, Rendering
from alembic_ci.project.process import WorkerProcess
from alembic_ci.project.session import Connection, Ready, Row, Session, rows_of
from alembic_ci.project.spawn import Spawn
from alembic_ci.worker import protocol
from alembic_ci.worker.protocol import Message

Confirm = Callable[[Connection], None]
Visit = Callable[[Session], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """What is set in every session that env.py opens; seconds, None for no time-out.

    *overriding* a lock time-out that the session has already. When not *durable*, PostgreSQL does
    not wait for its disk at a commit.
    """

    application: str
    lock_timeout: float | None = None
    statement_timeout: float | None = None
    overriding: bool = False
    durable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """How a worker is started. *urls* maps ini sections to URLs, ``""`` to the main one.

    *schema* becomes the search_path of every connection, and ``-x schema=``. *meanwhile* is called
    now and then while the worker is at work. *others* are databases that nothing may change.
    """

    project: Project
    spawn: Spawn
    urls: Mapping[str, str]
    start_timeout: float
    step_timeout: float
    listen: Callable[[str], None]
    sessions: Sessions
    meanwhile: Callable[[], None]
    schema: str = ""
    others: Sequence[str] = ()

    def message(self) -> Message:
        """Return the request to import Alembic and what can be imported, which comes first."""
        project = self.project
        schema_argument = (f"schema={self.schema}",) if self.schema else ()
        return {
            "do": protocol.LOAD,
            "directory": str(project.directory),
            "config_file": project.config_file and str(project.config_file),
            "toml_file": project.toml_file and str(project.toml_file),
            "section": project.section,
            "version_locations": [str(place) for place in project.version_locations],
            "options": [list(pair) for pair in project.options],
            "x": [*project.x, *schema_argument],
            "schema": self.schema,
            "urls": dict(self.urls),
            "sessions": asdict(self.sessions),
            "others": list(self.others),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What runs the project."""

    python: str
    alembic: str
    sqlalchemy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """One run of env.py with a connection.

    *scratch* forces one transaction for each revision, *quick* is for databases that are thrown
    away: where Alembic is slow, the same is done in another way. *inspect* stops before each
    commit, *purge* empties the version table first (for stamps over unknown revisions). *record*
    asks for a full account of every statement.
    """

    target: str = "heads"
    downgrade: bool = False
    read_only: bool = False
    scratch: bool = False
    quick: bool = False
    inspect: bool = False
    purge: bool = False
    record: bool = False

    def message(self) -> Message:
        """Return the request for the worker."""
        return {
            "do": protocol.ONLINE,
            "target": self.target,
            "downgrade": self.downgrade,
            "read_only": self.read_only,
            "scratch": self.scratch,
            "quick": self.quick or self.scratch,
            "inspect": self.inspect,
            "purge": self.purge,
            "record": self.record,
        }


class Worker:
    """A loaded project in a process of its own; close() it in the end."""

    def __init__(self, launch: Launch, process: WorkerProcess) -> None:
        self._launch = launch
        self._process = process
        process.heard_by(launch.listen)
        process.meanwhile = launch.meanwhile

    def close(self) -> None:
        """End the process."""
        self._process.stop()

    def dismiss(self) -> None:
        """Let the process end while we go on: it will not be asked again."""
        self._process.dismiss()

    def load(self) -> Versions:
        """Import Alembic and read its configuration; raises EnvError when that fails."""
        self._process.begin(self._launch.message())
        answer = self._process.answer(timeout=self._launch.start_timeout)
        if answer["failure"]:
            failure = Failure.parse(answer["failure"])
            raise env_error(failure, interpreter=self._launch.spawn.interpreter, output=self.output)
        return Versions(
            python=answer["python"], alembic=answer["alembic"], sqlalchemy=answer["sqlalchemy"]
        )

    @property
    def output(self) -> str:
        """The tail of what env.py and the revisions printed."""
        return self._process.output

    def online(self, request: Online, *, confirm: Confirm, visit: Visit) -> int:
        """Run env.py once; return how often it called ``run_migrations()``.

        *confirm* sees every connection before anything else happens on it and raises to stop.
        *visit* gets a session for each ``run_migrations()``. Raises StepFailedError, EnvError,
        UndoneError, or whatever *confirm* and *visit* raise.
        """
        message = self._exchange(request.message(), self._launch.start_timeout)
        connections = 0
        while message["event"] != protocol.ENDED:
            if message["event"] == protocol.CONNECTED:
                connections += 1
                self._confirmed(confirm, message)
                message = self._exchange({"do": protocol.GO}, self._launch.start_timeout)
            else:
                visit(self._session(Ready.parse(message), connections - 1))
                message = self._exchange({"do": protocol.END}, self._launch.step_timeout)
        self._raise_failure(message)
        return int(message["calls"])

    def offline(self, request: Offline) -> Rendering:
        """Render *request*; a revision that raises becomes a piece with a failure.

        Several may be asked for before the first is read; they are read in the same order.
        """
        self._process.ask(request.message())
        return Rendering(self._rendered())

    def _rendered(self) -> Generator[Rendered, None, RenderedScript]:
        message = self._process.answer(timeout=self._launch.start_timeout)
        while message["event"] == protocol.RENDERED:
            yield Rendered.parse(message)
            message = self._process.answer(timeout=self._launch.step_timeout)
        self._raise_failure(message)
        return RenderedScript.parse(message)

    def command(self, arguments: Sequence[str], *, confirm: Confirm) -> int:
        """Run ``alembic ARGUMENTS`` and return its exit status; output goes to *listen*."""
        message = self._exchange(
            {"do": protocol.COMMAND, "arguments": list(arguments)}, self._launch.step_timeout
        )
        while message["event"] == protocol.CONNECTED:
            self._confirmed(confirm, message)
            message = self._exchange({"do": protocol.GO}, self._launch.step_timeout)
        self._raise_failure(message)
        return int(message["status"])

    def _exchange(self, message: Message, timeout: float) -> Message:
        self._process.ask(message)
        return self._process.answer(timeout=timeout)

    def _session(self, ready: Ready, connection_index: int) -> Session:
        def exchange(message: Message) -> Message:
            answer = self._exchange(message, self._launch.step_timeout)
            if answer["event"] == protocol.ENDED:
                self._raise_failure(answer)
                raise WorkerError(
                    "env.py ended in the middle of a revision without an error.",
                    remedy="Look for a try/except around context.run_migrations() in env.py.",
                )
            return answer

        return Session(ready, connection_index=connection_index, exchange=exchange, ask=self._ask)

    def _ask(self, sql: str) -> Sequence[Row]:
        return rows_of(
            self._exchange({"do": protocol.QUERY, "sql": sql}, self._launch.step_timeout)
        )

    def _confirmed(self, confirm: Confirm, message: Message) -> None:
        """Let *confirm* look; when it raises, env.py is stopped and has to end first."""
        connection = Connection(
            dialect=message["dialect"],
            driver=message["driver"],
            version_table=str(message["version_table"]),
            version_schema=message["version_schema"],
            ask=self._ask,
        )
        try:
            confirm(connection)
        except AlembicCIError:
            self._exchange({"do": protocol.STOP}, self._launch.start_timeout)
            raise

    def _raise_failure(self, ended: Message) -> None:
        if ended.get("undone"):
            raise UndoneError
        if ended.get("crossed"):
            raise fenced(str(ended["crossed"]), revision=ended["inside"])
        failure = Failure.parse(ended["failure"]) if ended["failure"] else None
        if ended.get("inside"):
            step_failed = StepFailedError(
                ended["inside"],
                failure=failure,
                output=self.output,
                swallowed=bool(ended["swallowed"]),
                executed=Executed(
                    statements=_before(failure, ended["statements"]),
                    lasting=bool(ended["lasting"]),
                ),
            )
            step_failed.executions = tuple(map(Execution.parse, ended["executions"]))
            raise step_failed
        if failure:
            raise env_error(failure, interpreter=self._launch.spawn.interpreter, output=self.output)


def _before(failure: Failure | None, statements: Sequence[str]) -> tuple[str, ...]:
    """Return the statements that a revision had executed; the last one may be what failed."""
    failed = failure is not None and failure.statement is not None
    return tuple(statements[:-1] if failed else statements)
