"""Say what an exception of env.py usually means, from its class and code, never from its text."""

import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from alembic_ci.errors import RefusedError
from alembic_ci.project.failures import EnvError, Failure, WorkerDiedError

_DRIVERS = frozenset(
    {"psycopg", "psycopg2", "asyncpg", "pg8000", "MySQLdb", "pymysql", "aiomysql", "asyncmy"}
    | {"mysql", "mariadb", "aiosqlite"}
)

_NEEDED = frozenset({"alembic", "sqlalchemy"})

Words = tuple[str, str, str]
"""Problem, usual meaning, remedy."""


def env_error(failure: Failure, *, interpreter: Path, output: str) -> EnvError:
    """Return the error for an env.py (or an import of the project) that failed."""
    problem, meaning, remedy = _words(failure, interpreter)
    return EnvError(problem, meaning=meaning, remedy=remedy, failure=failure, output=output)


def died(status: int | None, *, output: str) -> WorkerDiedError:
    """Return the error for a worker that is gone; *status* as subprocess has it."""
    ending, meaning = _ending(status)
    remedy = (
        "The end of its output stands below."
        if output.strip()
        else "It printed nothing. Run `alembic current` with the same interpreter and variables, "
        "and look how it ends."
    )
    return WorkerDiedError(
        f"The process that runs env.py ended without an answer ({ending}).",
        meaning=meaning,
        remedy=remedy,
        output=output,
    )


def forged(*, output: str) -> WorkerDiedError:
    """Return the error for a message that the worker did not send; it is no longer believed."""
    return WorkerDiedError(
        "Something other than the worker wrote into its private pipe.",
        meaning="env.py, a revision or what they import writes to file descriptors that are not "
        "its own, by accident or on purpose.",
        remedy="Look for os.write(), os.dup2() or os.closerange() in the project; nothing that "
        "this process reported counts.",
        output=output,
    )


def fenced(database: str, *, revision: str | None) -> RefusedError:
    """Return the error for what would change a database that is not a throw-away one."""
    return RefusedError(
        f"{f'Revision {revision}' if revision else 'env.py'} changes the database {database}, and "
        "the throw-away database is on the environment's own server. That statement was not run.",
        meaning="To MySQL and MariaDB a schema is a database: what is changed there is no copy.",
        remedy="Set SCRATCH_DATABASE_URL to another server, or put MariaDB or MySQL on this "
        "machine, for a private one. What the history does not make there itself, "
        "--scratch-baseline can.",
    )


def _ending(status: int | None) -> tuple[str, str]:
    if status is None:
        return "it runs on, but has closed its pipes", "The project closed file descriptors."
    if status >= 0:
        return f"exit status {status}", "Usually os._exit() in the project, or a wrong --python."
    number = -status
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    if number in {signal.SIGKILL, signal.SIGTERM}:
        return name, "Somebody ended it: usually the kernel, because memory ran out."
    return name, "Usually a crash in a compiled driver or another extension module."


def _words(failure: Failure, interpreter: Path) -> Words:
    explain = _EXPLANATIONS.get(failure.kind, _anything)
    return explain(failure, interpreter)


def _missing_module(failure: Failure, interpreter: Path) -> Words:
    if failure.module in _DRIVERS:
        return _missing_driver(failure, interpreter)
    place = f" (imported at {_place(failure)})" if failure.file else ""
    if failure.module in _NEEDED:
        return (
            f"{interpreter} has no {failure.module}.",
            "env.py and the revisions run in the project's own interpreter, and this is not it.",
            (
                "Name the interpreter that has the project's packages with --python, or install "
                f"{failure.module} there."
            ),
        )
    return (
        f"No module named {failure.module!r} for {interpreter}{place}.",
        "This interpreter does not have the project's dependencies.",
        "Name the one that has them with --python, or install the package there.",
    )


def _missing_driver(failure: Failure, interpreter: Path) -> Words:
    return (
        f"The database driver {failure.module} is not installed for {interpreter}.",
        (
            "The URL names it, or names none and SQLAlchemy takes its default: psycopg2 for "
            "postgresql:// (psycopg since SQLAlchemy 2.1), MySQLdb for mysql://."
        ),
        (
            "Install it beside the project, or name the driver it has in the URL, such as "
            "postgresql+psycopg2:// or mysql+pymysql://."
        ),
    )


def _unfit_module(failure: Failure, interpreter: Path) -> Words:
    return (
        f"{_place(failure)}: {failure.message}.",
        f"{interpreter} has the package in another version than the project needs.",
        "Name the interpreter that has the right one with --python.",
    )


def _bad_syntax(failure: Failure, _: Path) -> Words:
    return (
        f"{_place(failure)} is not valid Python: {failure.message}",
        "",
        "Correct the file, or choose the interpreter it was written for with --python.",
    )


def _exit(failure: Failure, _: Path) -> Words:
    return (
        f"{_culprit(failure)} called sys.exit({failure.message}).",
        "Usually a settings module that gives up when a variable is missing.",
        "Set what it asks for; what it printed, if anything, stands below.",
    )


def _missing_key(failure: Failure, _: Path) -> Words:
    if failure.message == repr("connection"):
        return _missing_connection()
    return (
        f"KeyError {failure.message} at {_place(failure)}.",
        "Usually a variable that is not set in this job, or a section that fileConfig() misses.",
        "If it holds the database URL, list it in --url-variables; otherwise set it, or add it.",
    )


def _invalid_settings(failure: Failure, _: Path) -> Words:
    return (
        f"{_culprit(failure)} failed with {failure.kind}: {failure.message}",
        "Usually the project's settings, which lack a variable that is not set in this job.",
        (
            "Set what they ask for; what holds the database URL, or a part of it, belongs into "
            "--url-variables."
        ),
    )


def _missing_connection() -> Words:
    return (
        "env.py expects a connection from the program that calls Alembic.",
        'It takes config.attributes["connection"], which only that program sets.',
        (
            'Let it ask with config.attributes.get("connection"), and connect to the URL by itself '
            "where there is none."
        ),
    )


def _no_application(_: Failure, __: Path) -> Words:
    return (
        "The Flask application that env.py uses was not found.",
        (
            "It is looked for as `flask db` does: FLASK_APP, else wsgi.py or app.py in the folder "
            "that Alembic is called from."
        ),
        "Set FLASK_APP in the job or in .flaskenv, such as FLASK_APP=shop:create_app.",
    )


def _missing_greenlet(_: Failure, __: Path) -> Words:
    return (
        "env.py used an async driver without an event loop (MissingGreenlet).",
        "The URL names an async driver and env.py is written for a sync one.",
        "Use a sync driver in the URL, or env.py of `alembic init -t async`.",
    )


def _no_connection(failure: Failure, interpreter: Path) -> Words:
    if failure.statement is not None:
        return _anything(failure, interpreter)
    return (
        f"env.py could not connect to its database: {failure.message}",
        (
            "alembic-ci itself reached the database a moment ago: env.py reads another URL, or its "
            "driver needs other arguments."
        ),
        (
            "Name the variable that env.py reads with --url-variables, or let it use "
            'config.get_main_option("sqlalchemy.url").'
        ),
    )


def _no_input(failure: Failure, _: Path) -> Words:
    return (
        f"{_culprit(failure)} asked for input ({_place(failure)}), and nobody is there to answer.",
        "A password prompt or a confirmation, meant for a person at a terminal.",
        "Let it read a process variable instead, or ask only when sys.stdin.isatty().",
    )


def _anything(failure: Failure, _: Path) -> Words:
    said = "" if failure.message == failure.kind else f": {failure.message}"
    problem = f"{_culprit(failure)} failed with {failure.kind}{said}"
    if failure.statement is not None:
        return problem, *_outside_revisions(failure)
    return (
        problem,
        "It was importing the project's settings or models, or connecting.",
        "Run `alembic current` in the same environment; the output below, if any, may tell more.",
    )


def _outside_revisions(failure: Failure) -> tuple[str, str]:
    """Say what is behind a statement that env.py executed itself, or Alembic in its place."""
    if failure.code in _NO_SCHEMA:
        return (
            (
                "The database has no such schema. A scratch database begins empty, whatever "
                "somebody made by hand in the real one; and Alembic makes no version_table_schema."
            ),
            (
                "Let env.py make it before context.configure(), with CREATE SCHEMA IF NOT EXISTS "
                "and a commit; or make it with --scratch-baseline."
            ),
        )
    return (
        "It stands outside of all revisions: env.py's own, or Alembic's for the version table.",
        (
            "Correct what env.py executes; what a scratch database lacks beside the real one may "
            "come from --scratch-baseline."
        ),
    )


def _culprit(failure: Failure) -> str:
    """Name the file that raised; env.py is behind everything that has no file of the project."""
    return Path(failure.file).name if failure.file else "env.py"


def _place(failure: Failure) -> str:
    return f"{_culprit(failure)}:{failure.line}" if failure.file else "an unknown place"


_NO_SCHEMA = frozenset({"3F000", "1049"})
_EXPLANATIONS: Mapping[str, Callable[[Failure, Path], Words]] = MappingProxyType(
    {
        "ModuleNotFoundError": _missing_module,
        "ImportError": _unfit_module,
        "SyntaxError": _bad_syntax,
        "IndentationError": _bad_syntax,
        "TabError": _bad_syntax,
        "SystemExit": _exit,
        "KeyError": _missing_key,
        "pydantic_core._pydantic_core.ValidationError": _invalid_settings,
        "EOFError": _no_input,
        "flask.cli.NoAppException": _no_application,
        "sqlalchemy.exc.OperationalError": _no_connection,
        "sqlalchemy.exc.MissingGreenlet": _missing_greenlet,
    }
)
