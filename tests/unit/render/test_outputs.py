import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from alembic_ci.interface import OUTPUTS
from alembic_ci.model import Report
from alembic_ci.render.outputs import ReportPaths, outputs
from reports import (
    HOSTILE,
    IDS,
    SAMPLES,
    all_passed,
    data_loss,
    data_loss_refused,
    database,
    environment,
    hostile,
    many,
    multiple_heads,
    not_initialised,
    refused,
    report,
    residue,
    round_trip,
    several_databases,
    sql,
    status,
    step,
    unreachable,
    upgraded,
)

PATHS = ReportPaths(report="alembic-ci-report/report.md", report_json="alembic-ci-report/r.json")


def of(sample: Report) -> dict[str, str]:
    return dict(outputs(sample, paths=PATHS))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_names_are_those_of_the_interface_in_that_order(name: str) -> None:
    assert list(of(SAMPLES[name]())) == [output.name for output in OUTPUTS]


_NOT_MADE = (
    "finding-codes",
    "drift-detected",
    "report-html-path",
    "sarif-path",
    "junit-path",
    "code-quality-path",
    "comment-url",
    "plan-path",
    "matrix",
)


def test_a_run_that_passed() -> None:
    told = of(all_passed())

    assert told.pop("sql").startswith("BEGIN;")
    assert json.loads(told.pop("environments")) == [
        {
            "environment": "staging",
            "label": "",
            "status": "passed",
            "dialect": "postgresql",
            "failure_class": "",
            "current": "d4f3",
            "target": "d4f3",
            "pending": 0,
            "applied": 3,
            "sql_path": "alembic-ci-report/sql/staging/upgrade.sql",
            "sql_sha256": "3f" * 32,
            "sql_statements": 6,
            "sql_risk": "none",
            "sql_same_as": "",
        }
    ]
    assert told == {
        "status": "passed",
        "exit-code": "0",
        "failure-class": "",
        "environment": "staging",
        "current-revision": "d4f3",
        "target-revision": "d4f3",
        "heads": "d4f3",
        "is-up-to-date": "true",
        "pending-count": "0",
        "pending-revisions": "",
        "applied-count": "3",
        "applied-revisions": "b2d1 c3e2 d4f3",
        "rollback-tested": "3",
        "irreversible-revisions": "",
        "sql-path": "alembic-ci-report/sql/staging/upgrade.sql",
        "sql-sha256": "3f" * 32,
        "rollback-sql-path": "alembic-ci-report/sql/staging/downgrade.sql",
        "report-path": PATHS.report,
        "report-json-path": PATHS.report_json,
        "finding-count": "0",
        **dict.fromkeys(_NOT_MADE, ""),
    }


def test_a_disproved_rollback() -> None:
    told = of(residue())

    assert told["status"] == "failed"
    assert told["failure-class"] == "rollback"
    assert told["rollback-tested"] == "4"
    assert told["irreversible-revisions"] == "e5a4"
    assert told["finding-count"] == "4"
    assert told["finding-codes"] == (
        "rollback-residue downgrade-failed downgrade-missing irreversible"
    )
    assert told["pending-revisions"] == "b2d1 c3e2 d4f3"
    assert told["is-up-to-date"] == "false"


@pytest.mark.parametrize(
    ("sample", "status", "word"),
    [
        (data_loss, "passed", ""),
        (data_loss_refused, "failed", "data-loss"),
        (round_trip, "failed", "round-trip"),
    ],
)
def test_the_failure_class_tells_losses_and_round_trips_apart(
    sample: Callable[[], Report], status: str, word: str
) -> None:
    told = of(sample())

    assert (told["status"], told["failure-class"]) == (status, word)
    assert [item["failure_class"] for item in json.loads(told["environments"])] == [word]
    assert told["rollback-tested"] == "3"


def test_a_database_nobody_reached_is_not_up_to_date() -> None:
    told = of(unreachable())

    assert told["is-up-to-date"] == "false"
    assert told["current-revision"] == ""
    assert json.loads(told["environments"])[0]["current"] is None


def test_one_refused_environment_is_in_the_list() -> None:
    told = of(refused())

    assert told["environment"] == "staging"
    assert [item["failure_class"] for item in json.loads(told["environments"])] == ["", "refused"]


def test_revisions_of_several_databases_are_named_once() -> None:
    told = of(several_databases())

    assert told["applied-revisions"] == "b2d1 c3e2 d4f3"
    assert told["pending-revisions"] == "c3e2 d4f3"
    assert [item["applied"] for item in json.loads(told["environments"])] == [3, 1, 0]
    assert [item["pending"] for item in json.loads(told["environments"])] == [0, 2, None]


def test_without_a_database_the_heads_come_from_the_revisions() -> None:
    told = of(multiple_heads())

    assert told["heads"] == "d4f3"
    assert told["environment"] == ""
    assert told["environments"] == "[]"
    assert told["is-up-to-date"] == "false"


def test_an_uninitialised_database_has_everything_pending() -> None:
    told = of(not_initialised())

    assert told["pending-revisions"] == " ".join(IDS)
    assert told["current-revision"] == ""


def test_a_relative_target_becomes_a_revision() -> None:
    before = status("a1c0", pending=("b2d1",), target="+1")
    asked = database(step("status", before), after=None)
    done = database(step("upgrade", upgraded("a1c0", "b2d1")), after=replace(before, pending=()))

    assert of(report(environment("x", asked)))["target-revision"] == "b2d1"
    assert of(report(environment("x", done)))["target-revision"] == "b2d1"


def test_without_a_later_look_pending_is_what_was_not_applied() -> None:
    steps = (
        step("status", status("a1c0", pending=("b2d1", "c3e2"))),
        step("upgrade", upgraded("a1c0", "b2d1")),
    )

    told = of(report(environment("x", database(*steps, after=None))))

    assert told["pending-revisions"] == "c3e2"
    assert told["current-revision"] == "b2d1"


@pytest.mark.parametrize(
    "line",
    [
        "SELECT 1;\n",
        "SELECT '\u00e9\u00e9\u00e9\u00e9';\n",
        "SELECT '\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600\U0001f600';\n",
    ],
)
def test_long_sql_is_cut_at_a_line_and_says_so(line: str) -> None:
    steps = (step("sql", sql("x", text=line * 20_000)),)

    cut = of(report(environment("x", database(*steps, after=None))))["sql"]

    assert len(cut) <= 60_000
    assert len(cut.encode()) <= 120_000
    assert len(cut) > 20_000
    *lines, last = cut.splitlines(keepends=True)
    assert set(lines) == {line}
    assert last == (
        "-- Cut here by alembic-ci; the whole script is in alembic-ci-report/sql/x/upgrade.sql\n"
    )


def test_short_sql_is_whole() -> None:
    text = "SELECT 1;\n" * 6_000
    steps = (step("sql", sql("x", text=text)),)

    assert of(report(environment("x", database(*steps, after=None))))["sql"] == text


def test_outputs_of_a_large_run_stay_small() -> None:
    told = of(many(200, 1_000))

    assert sum(map(len, told.values())) < 200_000
    assert len(json.loads(told["environments"])) == 200
    assert told["pending-count"] == "1000"
    assert len(told["pending-revisions"].split()) == 1_000


def test_far_too_many_databases_are_counted() -> None:
    told = json.loads(of(many(3_000, 1))["environments"])

    assert told[0] == {"environment": "production", "label": "tenant-000", "status": "passed"}
    assert told[-1] == {"left_out": 3_000 - len(told) + 1}
    assert len(json.dumps(told, separators=(",", ":"))) <= 100_000


def test_far_too_many_revisions_end_in_dots() -> None:
    told = of(many(1, 5_000))

    assert told["pending-count"] == "5000"
    assert told["pending-revisions"].endswith(" ...")
    assert len(told["pending-revisions"]) <= 40_004


def test_names_stay_what_they_are() -> None:
    assert json.loads(of(hostile())["environments"])[0]["environment"] == HOSTILE


def test_what_nobody_looked_for_is_not_counted() -> None:
    assert of(unreachable())["finding-count"] == ""
    assert of(refused())["finding-count"] == "0"


def test_files_that_were_written_are_named() -> None:
    paths = ReportPaths(
        report="r.md",
        report_json="r.json",
        html="r.html",
        sarif="f.sarif",
        junit="j.xml",
        code_quality="q.json",
    )

    told = outputs(all_passed(), paths=paths)

    names = ("report-html-path", "sarif-path", "junit-path", "code-quality-path")
    assert [told[name] for name in names] == ["r.html", "f.sarif", "j.xml", "q.json"]
