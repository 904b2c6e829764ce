"""The environment of a public project, or a loud reason why it could not be made."""

import os
from pathlib import Path

import pytest

from corpus.projects import CorpusProject
from environments import EnvironmentBuildError
from servers import NO_SKIP


def interpreter_of(project: CorpusProject) -> Path:
    """Return the project's interpreter; skip the test that asks where it cannot be installed."""
    try:
        return project.pinned.interpreter()
    except EnvironmentBuildError as error:
        text = f"NOT TESTED, {project.name.upper()} COULD NOT BE INSTALLED: {error}"
        if os.environ.get(NO_SKIP):
            pytest.fail(text)
        pytest.skip(text)
