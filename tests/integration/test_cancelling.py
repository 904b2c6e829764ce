"""A job that is cancelled while it waits for others ends soon, and nothing of it goes on."""

import signal
from pathlib import Path

import pytest

from accidents import heard, processes, project
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import finished, start
from other_jobs import locked, variables


@pytest.mark.parametrize(
    "arguments", [["upgrade"], ["stamp", "--target=heads"], ["alembic", "--", "upgrade", "head"]]
)
def test_a_signal_while_another_job_migrates_changes_nothing(
    arguments: list[str], any_database_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    with locked(any_database_url):
        process = start(arguments, directory=directory, variables=variables(any_database_url))
        heard(process, "is being migrated by")

        process.send_signal(signal.SIGINT)
        run = finished(process, directory)

    assert run.exit_code == 130
    assert rows(any_database_url) is None
    assert not list(processes(str(directory)))


def rows(url: DatabaseURL) -> tuple[str, ...] | None:
    """Return what the version table holds."""
    with Control.open(url, timeout=5) as control:
        return control.version_rows("alembic_version", None)
