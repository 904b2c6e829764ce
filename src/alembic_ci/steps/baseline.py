"""What a scratch database must hold before the first revision runs, for some histories."""

import os
import shlex
import subprocess
from pathlib import Path

from alembic_ci.database.failures import StatementError
from alembic_ci.database.scripts import execute_script
from alembic_ci.errors import ScratchError, SettingsError
from alembic_ci.steps.context import Context
from alembic_ci.urls import DatabaseURL


def lay_baseline(context: Context, url: DatabaseURL) -> None:
    """Run ``scratch-baseline`` on a new scratch database; nothing when it is not set.

    It is an SQL file, or a command, which finds the URL in ``DATABASE_URL`` and in every one of
    ``url-variables``. Raises ScratchError when it fails.
    """
    baseline = context.settings.scratch_baseline
    if not baseline:
        return
    file = context.project.directory / baseline
    if file.is_file():
        try:
            run_file(context, file, url)
        except StatementError as error:
            raise _failed(baseline, error.problem) from error
    else:
        _run_command(context, baseline, url)


def run_file(context: Context, file: Path, url: DatabaseURL) -> None:
    """Run an SQL file of the user on a scratch database; raises what ``execute_script`` raises."""
    try:
        script = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        shown = os.path.relpath(file, context.start_directory)
        raise SettingsError(
            f"{shown} is not UTF-8: {error.reason} at byte {error.start}.",
            remedy="Save it as UTF-8.",
        ) from error
    execute_script(url, script, timeout=context.settings.connect_timeout)


def _run_command(context: Context, command: str, url: DatabaseURL) -> None:
    names = ("DATABASE_URL", *context.settings.url_variables)
    variables = context.worker_variables(url, names)
    try:
        done = subprocess.run(
            shlex.split(command),
            cwd=context.project.directory,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=context.settings.step_timeout or None,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(command, context.redact(str(error))) from error
    if done.returncode:
        tail = context.redact(done.stdout.decode("utf-8", "replace")[-2000:])
        raise _failed(command, f"exit status {done.returncode}\n{tail}")


def _failed(command: str, reason: str) -> ScratchError:
    return ScratchError(
        f"The scratch baseline failed ({command}): {reason}",
        remedy="It must leave the database as the first revision expects it; "
        "run it by hand with DATABASE_URL set to an empty database.",
    )
