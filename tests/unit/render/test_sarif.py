import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from alembic_ci.model import Report
from alembic_ci.render.sarif import sarif
from reports import (
    HOSTILE,
    SAMPLES,
    all_passed,
    environment,
    hostile,
    many,
    report,
    residue,
    unreachable,
)

SCHEMA = Path(__file__).parents[2] / "schemas" / "sarif-schema-2.1.0.json"
VALIDATOR = Draft4Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def runs(sample: Report, folder: str = "") -> list[dict[str, Any]]:
    """The runs, which are foreign JSON and looked at as such."""
    found: list[dict[str, Any]] = json.loads(sarif(sample, folder))["runs"]
    return found


def uris(run: dict[str, Any]) -> list[str]:
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    return [place["artifactLocation"]["uri"] for place in places]


def without_rules(text: str) -> str:
    """The log less its catalogue, which is the same in every one."""
    if not text:
        return ""
    log = json.loads(text)
    for run in log["runs"]:
        run["tool"]["driver"]["rules"] = []
    return json.dumps(log, indent=1) + "\n"


@pytest.mark.parametrize("name", SAMPLES)
def test_log_is_the_golden_one_and_keeps_to_the_schema(
    name: str, golden: Callable[[str, str], None]
) -> None:
    text = sarif(SAMPLES[name]())

    golden(f"{name}.sarif", text if name == "residue" else without_rules(text))
    assert not text or [error.message for error in VALIDATOR.iter_errors(json.loads(text))] == []


def test_each_environment_has_a_category_of_its_own() -> None:
    broken = residue().environments[0].databases[0]
    sample = report(environment("staging", broken), environment("qa/eu", broken), exit_code=1)

    ids = [run["automationDetails"]["id"] for run in runs(sample)]

    assert ids == ["alembic-ci/staging/", "alembic-ci/qa_eu/"]
    assert [len(run["results"]) for run in runs(sample)] == [4, 4]


def test_an_environment_without_findings_has_an_empty_run_and_one_not_looked_at_none() -> None:
    assert [run["results"] for run in runs(all_passed())] == [[]]
    assert sarif(unreachable()) == ""


def test_paths_are_relative_to_the_repository() -> None:
    sample = residue()

    assert uris(runs(sample)[0])[0] == "migrations/versions/b2d1_add_email.py"
    assert uris(runs(sample, "services/shop")[0])[0] == (
        "services/shop/migrations/versions/b2d1_add_email.py"
    )


def test_a_file_above_the_working_directory_and_one_elsewhere_are_found() -> None:
    first, second, *others = residue().revisions
    moved = (first, replace(second, file="../db/a b.py"), *others)

    assert uris(runs(replace(residue(), revisions=moved), "shop")[0])[0] == "db/a%20b.py"
    moved = (first, replace(second, file="/opt/a.py"), *others)
    assert uris(runs(replace(residue(), revisions=moved))[0])[0] == "file:///opt/a.py"


def test_a_finding_without_a_file_is_shown_at_the_configuration() -> None:
    assert uris(runs(SAMPLES["unfilled"]())[0]) == ["alembic.ini"]


def test_hostile_names_stay_text() -> None:
    text = sarif(hostile())

    assert text.isascii()
    assert HOSTILE not in json.loads(text)["runs"][0]["results"][0]["message"]["text"]


def test_a_name_cannot_become_a_link() -> None:
    broken = residue().environments[0].databases[0]
    sample = report(environment("[here](https://evil.example)", broken), exit_code=1)

    text = runs(sample)[0]["results"][0]["message"]["text"]

    assert text.startswith(r"\[here\](https://evil.example): The downgrade of b2d1")


def test_more_environments_than_runs_share_one() -> None:
    broken = residue().environments[0].databases[0]
    sample = report(*(environment(f"e{n}", broken) for n in range(21)), exit_code=1)

    (run,) = runs(sample)

    assert run["automationDetails"]["id"] == "alembic-ci/"
    assert len(run["results"]) == 4


def test_a_large_run_keeps_to_the_limits_of_github() -> None:
    (run,) = runs(many(1, 6_000, broken=True))

    assert len(run["results"]) == 5_000
    assert run["properties"]["leftOut"] == 1_000


def test_what_is_no_finding_is_told_as_a_notification() -> None:
    accident = replace(residue(), problem=next(unreachable().problems()))

    invocation = runs(accident)[0]["invocations"][0]

    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["descriptor"] == {"id": "unreachable"}
