"""What was planned and reviewed is what is done, or nothing is."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from alembic_ci.plans.document import SCHEMA_PATH
from jobs import Finished
from tenants import add, called, files, listed, project, states, tables

_VALIDATOR = Path(sys.executable).with_name("check-jsonschema")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


@pytest.fixture
def databases(tmp_path: Path) -> dict[str, Path]:
    return files(tmp_path, 3)


def _run(folder: Path, databases: dict[str, Path], *arguments: str, **more: str) -> Finished:
    return called(*arguments, directory=folder, variables=listed(databases) | more)


def _planned(folder: Path, databases: dict[str, Path]) -> Any:
    """Plan, and keep the whole report as another job would get it."""
    run = _run(folder, databases, "plan")
    assert run.exit_code == 0, run.text
    shutil.rmtree(folder / "reviewed", ignore_errors=True)
    shutil.copytree(folder / "alembic-ci-report", folder / "reviewed")
    return json.loads((folder / "reviewed" / "plan.json").read_text())


def test_a_plan_is_written_and_then_done(folder: Path, databases: dict[str, Path]) -> None:
    ahead = {"tenant01": databases["tenant01"]}
    _run(folder, ahead, "upgrade", "--target=0001")

    plan = _planned(folder, databases)
    untouched = not databases["tenant00"].exists()
    done = _run(folder, databases, "run", "--plan=reviewed/plan.json")
    again = _run(folder, databases, "upgrade", "--plan=reviewed/plan.json")

    jsonschema.validate(plan, json.loads(SCHEMA_PATH.read_text()))
    assert untouched
    assert [[r["revision"] for r in d["revisions"]] for d in plan["databases"]] == [
        ["0001", "0002"],
        ["0002"],
        ["0001", "0002"],
    ]
    assert [d["current"] for d in plan["databases"]] == [[], ["0001"], []]
    assert done.exit_code == again.exit_code == 0, done.text + again.text
    assert list(done.states()) == ["sql", "rollback-test", "upgrade"]
    assert all("t0002" in tables(path) for path in databases.values())


def test_what_has_changed_is_refused_and_named(folder: Path, databases: dict[str, Path]) -> None:
    _planned(folder, databases)
    _run(folder, {"tenant01": databases["tenant01"]}, "upgrade", "--target=0001")
    revision = folder / "migrations" / "versions" / "0002_x.py"
    revision.write_text(revision.read_text().replace('"id", sa.Integer', '"id", sa.BigInteger'))
    newcomer = databases | {"tenant99": databases["tenant00"].with_name("tenant99.db")}

    run = _run(folder, newcomer, "upgrade", "--plan=reviewed/plan.json")

    problems = {
        database["label"]: database["steps"][0]["problem"]
        for database in run.report["environments"][0]["databases"]
    }
    assert run.exit_code == 6
    assert {problem["failure_class"] for problem in problems.values()} == {"plan-changed"}
    assert problems["tenant00"]["evidence"] == ["the SQL of revision 0002 has changed"]
    assert "-    id INTEGER NOT NULL" in problems["tenant00"]["statement"]
    assert "+    id BIGINT NOT NULL" in problems["tenant00"]["statement"]
    assert problems["tenant01"]["evidence"][:2] == [
        "the database was at base and is at 0001",
        "no longer pending: revision 0001",
    ]
    assert "is not in the plan" in problems["tenant99"]["problem"]
    assert "+    id BIGINT NOT NULL" in run.text
    assert tables(databases["tenant01"]) == {"alembic_version", "t0001"}
    assert not databases["tenant00"].exists()


def test_other_revisions_and_another_target_are_refused(
    folder: Path, databases: dict[str, Path]
) -> None:
    _planned(folder, databases)
    target = _run(folder, databases, "upgrade", "--plan=reviewed/plan.json", "--target=0001")
    add(folder, "0003", "0002")

    newer = _run(folder, databases, "upgrade", "--plan=reviewed/plan.json")

    assert target.exit_code == newer.exit_code == 6
    assert "the target was heads and is 0001" in target.problem()["evidence"]
    assert newer.problem()["evidence"] == [
        "the project's heads were 0002 and are 0003",
        "not in the plan: revision 0003",
    ]
    assert states(newer) == dict.fromkeys(databases, "failed")
    assert newer.states() == {"sql": "failed", "upgrade": "skipped"}


def test_a_database_that_is_past_the_plan_by_hand_is_no_danger(
    folder: Path, databases: dict[str, Path]
) -> None:
    _planned(folder, databases)
    _run(folder, {"tenant01": databases["tenant01"]}, "upgrade")
    with closing(sqlite3.connect(databases["tenant02"])) as connection:
        connection.execute("create table t0002 (id integer)")

    run = _run(folder, databases, "upgrade", "--plan=reviewed/plan.json")

    assert states(run) == {"tenant00": "passed", "tenant01": "passed", "tenant02": "failed"}
    assert run.exit_code == 1


def test_the_hosts_get_jobs_and_no_secret(folder: Path, databases: dict[str, Path]) -> None:
    outputs = folder / "github-outputs"
    outputs.touch()
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_OUTPUT": str(outputs),
        "GITHUB_SHA": "c0ffee",
        "SCRATCH_DATABASE_URL": "sqlite:///scratch.db",
        "STAGE_DATABASE_URL": "postgresql://u:correcthorse@localhost:1/x",
    }

    _run(folder, databases, "plan", **variables)

    report = folder / "alembic-ci-report"
    pipeline = report / "gitlab-child-pipeline.yml"
    told = outputs.read_text().split("matrix", 1)[1].splitlines()[1]
    assert [job["databases"] for job in json.loads(told)["include"]] == list(databases)
    assert json.loads((report / "plan.json").read_text())["commit"] == "c0ffee"
    command = [str(_VALIDATOR), "--builtin-schema", "vendor.gitlab-ci", str(pipeline)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert not any("correcthorse" in p.read_text() for p in report.rglob("*") if p.is_file())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read"),
        ("[", "not JSON"),
        ("[]", "no plan"),
        ('{"schema": 2, "databases": []}', "another version"),
        ('{"schema": 1, "databases": [{}]}', "not complete"),
    ],
)
def test_what_is_no_plan_is_refused(
    folder: Path, databases: dict[str, Path], text: str | None, told: str
) -> None:
    if text is not None:
        (folder / "plan.json").write_text(text)

    run = _run(folder, databases, "upgrade", "--plan=plan.json")

    assert run.exit_code == 2
    assert told in run.problem()["problem"]
    assert not databases["tenant00"].exists()
