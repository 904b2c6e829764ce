"""Rows of the user's own: ``<revision>.sql`` files, run before their revision is tried."""

import os
from pathlib import Path

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.errors import SettingsError
from alembic_ci.steps.baseline import run_file
from alembic_ci.steps.context import Context
from alembic_ci.urls import DatabaseURL


def rows_folder(context: Context) -> Path:
    """Return where the files are, if there are any."""
    return context.project.directory / context.settings.rows_dir


def refuse_strangers(context: Context) -> None:
    """Refuse a file that no revision would ever run; raises SettingsError."""
    for file in sorted(rows_folder(context).glob("*.sql")):
        if file.stem not in context.history.revisions:
            raise SettingsError(
                f"{_shown(context, file)} belongs to no revision, and would never be run.",
                remedy="A file of rows has the whole id of a revision for its name, as "
                "`1975ea83b712.sql`, and nothing behind it: rename the file, or delete it."
                + _suggestion(context, file),
            )


def run_rows(context: Context, file: Path, url: DatabaseURL) -> None:
    """Run one file on a scratch database; raises SettingsError where the database refuses it."""
    try:
        run_file(context, file, url)
    except StatementInterruptedError:
        raise
    except StatementError as error:
        raise SettingsError(
            f"{_shown(context, file)} cannot be run before revision {file.stem}: {error.problem}",
            meaning="Without its rows nothing would be known of what this revision and those "
            "behind it do to rows.",
            remedy="Correct the file. It meets the tables as they are before the revision, and in "
            "them the rows that alembic-ci has made.",
        ) from error


def _suggestion(context: Context, file: Path) -> str:
    fitting = [name for name in context.history.revisions if file.stem.startswith(name)]
    longest = max(fitting, key=len, default="")
    return f" Did you mean {longest}.sql?" if longest else ""


def _shown(context: Context, file: Path) -> str:
    return os.path.relpath(file, context.start_directory)
