from dataclasses import replace

import pytest

from alembic_ci.model import Report, State
from alembic_ci.render.findings import Finding, findings
from alembic_ci.rules import CATALOGUE, RULES, Level
from reports import (
    REVISIONS,
    SAMPLES,
    all_passed,
    data_loss,
    data_loss_refused,
    database,
    environment,
    healthy,
    multiple_heads,
    report,
    residue,
    several_databases,
    unreachable,
    unrendered,
)


def told(sample: Report) -> list[tuple[str, str, str]]:
    return [(item.rule.id, item.level.value, item.revision) for item in findings(sample)]


def test_each_way_to_disprove_a_rollback_is_a_rule_of_its_own() -> None:
    assert told(residue()) == [
        ("rollback-residue", "error", "b2d1"),
        ("downgrade-failed", "error", "c3e2"),
        ("downgrade-missing", "error", "d4f3"),
        ("irreversible", "note", "e5a4"),
    ]


def test_a_finding_is_as_loud_as_what_it_did_to_the_run() -> None:
    assert {level for _, level, _ in told(data_loss())} == {"warning"}
    assert {level for _, level, _ in told(data_loss_refused())} == {"error"}


def test_a_failed_upgrade_and_an_unsound_history_are_findings() -> None:
    assert told(several_databases()) == [
        ("upgrade-failed", "error", "c3e2"),
        ("unsound-history", "error", ""),
    ]
    assert told(multiple_heads())[0][0] == "unsound-history"


def test_what_is_no_fault_of_the_files_is_no_finding() -> None:
    assert told(unreachable()) == []
    assert told(all_passed()) == []


def test_a_revision_without_sql_is_a_note_where_it_fails_nothing() -> None:
    assert {(rule, level) for rule, level, _ in told(unrendered())} == {
        ("unrendered-revision", "note")
    }


def test_databases_of_one_environment_share_a_finding_and_environments_do_not() -> None:
    broken = residue().environments[0].databases[0]
    labelled = [replace(broken, label=label) for label in ("a", "b")]
    found = findings(
        report(environment("tenants", *labelled), environment("staging", broken), exit_code=1)
    )

    missing = [item for item in found if item.rule.id == "downgrade-missing"]
    assert [(item.environment, item.databases) for item in missing] == [
        ("tenants", ("a", "b")),
        ("staging", ()),
    ]
    assert len({item.fingerprint for item in missing}) == 1


def test_a_fingerprint_outlives_new_lines_new_names_and_new_words() -> None:
    moved = replace(
        residue(),
        revisions=tuple(replace(r, file=f"moved/{r.file}", line=99) for r in REVISIONS),
    )

    assert fingerprints(moved) == fingerprints(residue())
    assert len(set(fingerprints(residue()))) == 4


def fingerprints(sample: Report) -> list[str]:
    return [item.fingerprint for item in findings(sample)]


@pytest.mark.parametrize("name", SAMPLES)
def test_errors_come_first(name: str) -> None:
    levels = [list(Level).index(item.level) for item in findings(SAMPLES[name]())]

    assert levels == sorted(levels)


def test_every_rule_says_what_to_do() -> None:
    assert len(CATALOGUE) == len(RULES)
    for rule in RULES:
        assert all((rule.title, rule.harm, rule.way_out, rule.bad, rule.good)), rule.id
        assert len(rule.harm) < 1_024
        assert not rule.title.endswith(".")
        assert rule.bad.endswith("\n")
        assert rule.good.endswith("\n")


def test_a_run_that_proved_nothing_and_failed_still_has_its_findings() -> None:
    step = replace(residue().environments[0].databases[0].steps[1], state=State.FAILED)
    found: tuple[Finding, ...] = findings(
        report(environment("staging", database(step, after=None)), exit_code=1)
    )

    assert len(found) == 4
    assert findings(report(environment("staging", healthy("staging")))) == ()
