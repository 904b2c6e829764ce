from dataclasses import replace

import pytest

from alembic_ci.model import Phase, Report, RevisionProof, RollbackResult, State
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
    proved,
    report,
    residue,
    several_databases,
    step,
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


def second_upgrade(*, raised: bool) -> Report:
    """A residue that was seen after the second upgrade, or before it because that one raised."""
    (proof,) = (p for p in residue_proofs() if p.revision == "b2d1")
    problem = next(residue().problems()) if raised else None
    again = replace(proof, phase=Phase.SECOND_UP, problem=problem)
    tested = step("rollback-test", proved(again))
    return report(environment("staging", database(tested, after=None)), exit_code=1)


def residue_proofs() -> tuple[RevisionProof, ...]:
    results = residue().environments[0].databases[0].results()
    return next(result.proofs for result in results if isinstance(result, RollbackResult))


def test_what_a_downgrade_leaves_is_a_residue_even_if_the_second_upgrade_is_what_fails() -> None:
    assert told(second_upgrade(raised=True))[0][0] == "rollback-residue"
    assert told(second_upgrade(raised=False))[0][0] == "upgrade-not-repeatable"


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
    failed = replace(residue().environments[0].databases[0].steps[1], state=State.FAILED)
    found: tuple[Finding, ...] = findings(
        report(environment("staging", database(failed, after=None)), exit_code=1)
    )

    assert len(found) == 4
    assert findings(report(environment("staging", healthy("staging")))) == ()
