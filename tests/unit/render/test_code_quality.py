import json
from collections.abc import Callable

import pytest

from alembic_ci.render.code_quality import code_quality
from reports import SAMPLES, all_passed, environment, report, residue, unreachable

SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


@pytest.mark.parametrize("name", SAMPLES)
def test_report_is_the_golden_one_in_gitlabs_format(
    name: str, golden: Callable[[str, str], None]
) -> None:
    text = code_quality(SAMPLES[name]())

    golden(f"{name}.code-quality.json", text)
    for issue in json.loads(text or "[]"):
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in SEVERITIES
        assert issue["location"]["lines"]["begin"] >= 1
        assert not issue["location"]["path"].startswith("./")
        assert "\n" not in issue["description"]


def test_environments_with_the_same_finding_share_one_object() -> None:
    broken = residue().environments[0].databases[0]
    sample = report(environment("staging", broken), environment("production", broken), exit_code=1)

    told = json.loads(code_quality(sample))

    assert len(told) == 4
    assert told[0]["description"].startswith("staging, production: The downgrade of b2d1 does not")


def test_no_findings_are_an_empty_array_and_no_look_is_no_report() -> None:
    assert code_quality(all_passed()) == "[]\n"
    assert code_quality(unreachable()) == ""


def test_paths_are_relative_to_the_repository() -> None:
    told = json.loads(code_quality(residue(), "services/shop"))

    assert told[0]["location"]["path"] == ("services/shop/migrations/versions/b2d1_add_email.py")
