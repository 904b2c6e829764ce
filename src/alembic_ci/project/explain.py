"""Say what an exception of env.py usually means, from its class and code, never from its text."""

from pathlib import Path

from alembic_ci.project.failures import EnvError, Failure


def env_error(failure: Failure, *, interpreter: Path, output: str) -> EnvError:
    """Return the error for an env.py (or an import of the project) that failed."""
    problem, meaning, remedy = _words(failure, interpreter)
    return EnvError(problem, meaning=meaning, remedy=remedy, failure=failure, output=output)


def _words(failure: Failure, interpreter: Path) -> tuple[str, str, str]:
    match failure.kind:
        case "ModuleNotFoundError":
            return _missing_module(failure, interpreter)
        case "SyntaxError" | "IndentationError" | "TabError":
            return (
                f"{_place(failure)} is not valid Python: {failure.message}",
                "",
                "Correct the file, or choose the interpreter it was written for with --python.",
            )
        case "SystemExit":
            return (
                f"env.py called sys.exit({failure.message}).",
                "Usually a settings module that gives up when a variable is missing.",
                "Look at the output of env.py below.",
            )
        case "KeyError":
            return (
                f"env.py raised KeyError: {failure.message} at {_place(failure)}.",
                "Usually a process variable that is not set in this job.",
                "If it holds the database URL, list it in --url-variables; otherwise set it.",
            )
        case "sqlalchemy.exc.MissingGreenlet":
            return (
                "env.py used an async driver without an event loop (MissingGreenlet).",
                "The URL names an async driver and env.py is written for a sync one.",
                "Use a sync driver in the URL, or env.py of `alembic init -t async`.",
            )
        case _:
            return (
                f"env.py failed with {failure.kind}: {failure.message}",
                "It was importing the project's settings or models, or connecting.",
                "Run `alembic current` in the same environment; the output below may tell more.",
            )


def _missing_module(failure: Failure, interpreter: Path) -> tuple[str, str, str]:
    return (
        f"No module named {failure.module!r} for {interpreter}"
        + (f" (imported at {_place(failure)})." if failure.file else "."),
        "This interpreter does not have the project's dependencies.",
        "Name the one that has them with --python, or install the package there.",
    )


def _place(failure: Failure) -> str:
    return f"{failure.file}:{failure.line}" if failure.file else "an unknown place"
