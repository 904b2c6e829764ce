"""Say what an exception of env.py usually means, from its class and code, never from its text."""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from alembic_ci.project.failures import EnvError, Failure

_DRIVERS = frozenset(
    {"psycopg", "psycopg2", "asyncpg", "pg8000", "MySQLdb", "pymysql", "aiomysql", "asyncmy"}
    | {"mysql", "mariadb", "aiosqlite"}
)

Words = tuple[str, str, str]
"""Problem, usual meaning, remedy."""


def env_error(failure: Failure, *, interpreter: Path, output: str) -> EnvError:
    """Return the error for an env.py (or an import of the project) that failed."""
    problem, meaning, remedy = _words(failure, interpreter)
    return EnvError(problem, meaning=meaning, remedy=remedy, failure=failure, output=output)


def _words(failure: Failure, interpreter: Path) -> Words:
    explain = _EXPLANATIONS.get(failure.kind, _anything)
    return explain(failure, interpreter)


def _missing_module(failure: Failure, interpreter: Path) -> Words:
    if failure.module in _DRIVERS:
        return _missing_driver(failure, interpreter)
    place = f" (imported at {_place(failure)})" if failure.file else ""
    return (
        f"No module named {failure.module!r} for {interpreter}{place}.",
        "This interpreter does not have the project's dependencies.",
        "Name the one that has them with --python, or install the package there.",
    )


def _missing_driver(failure: Failure, interpreter: Path) -> Words:
    return (
        f"The database driver {failure.module} is not installed for {interpreter}.",
        "The URL names it, or names none and SQLAlchemy takes its default: psycopg2 for "
        "postgresql:// (psycopg since SQLAlchemy 2.1), MySQLdb for mysql://.",
        "Install it beside the project, or name the driver it has in the URL, such as "
        "postgresql+psycopg2:// or mysql+pymysql://.",
    )


def _unfit_module(failure: Failure, interpreter: Path) -> Words:
    return (
        f"{failure.message} (imported at {_place(failure)}).",
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
        f"env.py called sys.exit({failure.message}).",
        "Usually a settings module that gives up when a variable is missing.",
        "Look at the output of env.py below.",
    )


def _missing_key(failure: Failure, _: Path) -> Words:
    return (
        f"env.py raised KeyError: {failure.message} at {_place(failure)}.",
        "Usually a process variable that is not set in this job.",
        "If it holds the database URL, list it in --url-variables; otherwise set it.",
    )


def _missing_greenlet(_: Failure, __: Path) -> Words:
    return (
        "env.py used an async driver without an event loop (MissingGreenlet).",
        "The URL names an async driver and env.py is written for a sync one.",
        "Use a sync driver in the URL, or env.py of `alembic init -t async`.",
    )


def _anything(failure: Failure, _: Path) -> Words:
    return (
        f"env.py failed with {failure.kind}: {failure.message}",
        "It was importing the project's settings or models, or connecting.",
        "Run `alembic current` in the same environment; the output below may tell more.",
    )


def _place(failure: Failure) -> str:
    return f"{failure.file}:{failure.line}" if failure.file else "an unknown place"


_EXPLANATIONS: Mapping[str, Callable[[Failure, Path], Words]] = MappingProxyType(
    {
        "ModuleNotFoundError": _missing_module,
        "ImportError": _unfit_module,
        "SyntaxError": _bad_syntax,
        "IndentationError": _bad_syntax,
        "TabError": _bad_syntax,
        "SystemExit": _exit,
        "KeyError": _missing_key,
        "sqlalchemy.exc.MissingGreenlet": _missing_greenlet,
    }
)
