"""Most tests run the tool in a fork of a process that has imported it: that must change nothing."""

import re
import shutil
from pathlib import Path

import pytest

from accidents import SQLITE, project
from cli import Run, alembic_ci, finished, start


def _said(run: Run) -> str:
    return re.sub(r"[\d.]+ m?s\b", "_ s", run.everything)


@pytest.mark.parametrize("arguments", [("upgrade",), ("upgrade", "--target=nothing"), ("--wrong",)])
def test_a_warm_run_is_like_one_that_imports_first(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    directory = project(tmp_path / "one")
    other = shutil.copytree(directory, tmp_path / "other" / directory.name)

    cold = finished(start(arguments, directory=directory, variables=SQLITE), directory)
    warm = alembic_ci(*arguments, directory=other, variables=SQLITE)

    assert warm.exit_code == cold.exit_code
    assert _said(warm) == _said(cold)
    assert {path.relative_to(other) for path in other.rglob("*")} == {
        path.relative_to(directory) for path in directory.rglob("*")
    }
