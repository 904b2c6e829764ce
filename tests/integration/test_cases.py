"""`alembic-ci run` on every sample project, on the databases where it can make a difference."""

import dataclasses
from pathlib import Path

import pytest

from alembic_ci.urls import DatabaseURL
from cases import Case, cases
from cli import alembic_ci
from jobs import variables_for

_DRIVERS = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg2",
    "mysql": "mysql+pymysql",
}
_MATRIX = [
    pytest.param(
        case,
        database,
        id=f"{case.name}-{database}",
        marks=[] if database == "sqlite" else getattr(pytest.mark, database),
    )
    for case in cases()
    for database in case.databases
]


@pytest.mark.parametrize(("case", "database"), _MATRIX)
def test_run_says_of_a_sample_project_what_is_wrong_with_it(
    case: Case, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url: DatabaseURL = request.getfixturevalue(f"{database}_url")
    url = dataclasses.replace(url, drivername=_DRIVERS[database])
    directory = case.copied(tmp_path)

    run = alembic_ci(
        "run",
        "--scope=all",
        *case.flags,
        directory=directory,
        variables={
            **variables_for(url, "DATABASE_URL"),
            "OTHER_URL": f"sqlite:///{tmp_path}/elsewhere.db",
            **case.variables,
        },
    )

    assert "Traceback" not in run.stderr, run.stderr
    assert run.exit_code == case.exit_code, run.everything
    if case.failure_class:
        assert (
            f'"failure_class": "{case.failure_class}"' in (run.folder / "report.json").read_text()
        )
    if case.verdicts:
        assert _told(run.step("rollback-test")) == dict(case.verdicts), run.everything
    if url.password:
        assert url.password not in run.everything


def _told(step: dict[str, dict[str, list[dict[str, str]]]]) -> dict[str, str]:
    """Return the verdict of each revision, a failure with the phase it failed in."""
    return {
        proof["revision"]: f"failed:{proof['phase']}"
        if proof["verdict"] == "failed"
        else proof["verdict"]
        for proof in step["result"]["proofs"]
    }
