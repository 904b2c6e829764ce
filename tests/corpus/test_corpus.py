"""The rollback test on histories nobody here wrote, against what plain Alembic does on them.

Tables are empty unless `WITH_ROWS` is set, as `make corpus` does: then every history runs once more
on tables that hold rows.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from alembic_ci.urls import DatabaseURL, Dialect
from corpus.installed import interpreter_of
from corpus.projects import PROJECTS, CorpusProject

WITH_ROWS = "ALEMBIC_CI_TESTS_CORPUS_WITH_ROWS"

_ROWS = (0, 3) if os.environ.get(WITH_ROWS) else (0,)
_TOOL = Path(sys.executable).with_name("alembic-ci")
_TIME_LIMIT = 1800.0  # seconds; the longest history takes about two minutes on an idle machine
_SERVER_MARKS = {
    Dialect.POSTGRESQL: (pytest.mark.postgresql,),
    Dialect.MYSQL: (pytest.mark.mysql,),
    Dialect.SQLITE: (),
}

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


def _cases() -> Iterator[object]:
    for project, rows in product(PROJECTS, _ROWS):
        for dialect in project.dialects:
            name = f"{project.name}-{dialect}{'-with-rows' * bool(rows)}"
            yield pytest.param(project, dialect, rows, id=name, marks=_SERVER_MARKS[dialect])


@pytest.mark.parametrize(("project", "dialect", "rows"), list(_cases()))
def test_every_verdict_agrees_with_plain_alembic(
    project: CorpusProject,
    dialect: Dialect,
    rows: int,
    request: pytest.FixtureRequest,
    tmp_path: Path,
) -> None:
    interpreter = interpreter_of(project)
    url = request.getfixturevalue(f"{dialect}_url")
    expected = project.expected_with_rows(dialect) if rows else project.expected(dialect)

    done = _rollback_test(project, interpreter, project.url(url), tmp_path, rows=rows)

    assert _verdicts(tmp_path / "report" / "report.json", done) == expected
    assert done.returncode == (0 if set(expected.values()) == {"passed"} else 1)


def _rollback_test(
    project: CorpusProject, interpreter: Path, url: DatabaseURL, folder: Path, *, rows: int
) -> subprocess.CompletedProcess[str]:
    start = project.lay_out(folder / "work", interpreter, url.dialect)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATABASE_URL": url.render(),
        **start.variables,
    }
    if url.dialect is not Dialect.SQLITE:
        variables["SCRATCH_DATABASE_URL"] = url.render()
    return subprocess.run(
        [
            *(str(_TOOL), "rollback-test", "--scope", "all", "--rows", str(rows)),
            *("--report-dir", str(folder / "report")),
            *start.arguments,
        ],
        cwd=start.folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIME_LIMIT,
    )


def _verdicts(report: Path, done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Return what report.json says of each revision, in the spelling of ``expected/``."""
    assert report.exists(), done.stdout + done.stderr
    (environment,) = json.loads(report.read_text(encoding="utf-8"))["environments"]
    assert environment["databases"], done.stdout + done.stderr
    (step,) = environment["databases"][0]["steps"]
    assert step["result"], done.stdout + done.stderr
    return {
        proof["revision"]: f"failed:{proof['phase']}"
        if proof["verdict"] == "failed"
        else proof["verdict"]
        for proof in step["result"]["proofs"]
    }
