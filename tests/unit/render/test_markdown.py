from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from alembic_ci.model import Difference, Report, Result, RoundTrip, State
from alembic_ci.render.markdown import comment, summary
from reports import (
    SAMPLES,
    all_passed,
    database,
    environment,
    hostile,
    legs,
    lost,
    many,
    passes,
    proved,
    report,
    residue,
    several_databases,
    step,
)

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


LONG = proved(*passes(*map(str, range(51))))


def rollback_report(result: Result) -> Report:
    return report(environment("staging", database(step("rollback-test", result), after=None)))


@pytest.mark.parametrize("name", SAMPLES)
def test_summary_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.md", summary(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_first_line_is_the_verdict(name: str) -> None:
    report = SAMPLES[name]()

    first = summary(report).splitlines()[0]

    assert first.startswith("**Passed**: " if report.exit_code == 0 else "**Failed**: ")


def test_hostile_texts_add_no_tag_of_their_own() -> None:
    tokens = PARSER.parse(summary(hostile()))
    tags = [token.content for token in tokens if token.type == "html_block"]
    tags += [
        child.content
        for token in tokens
        for child in token.children or ()
        if child.type == "html_inline"
    ]

    assert not any("<script" in tag for tag in tags)
    assert sum(tag.count("<details") for tag in tags) == 4
    assert sum(tag.count("</details>") for tag in tags) == 4


def test_databases_with_the_same_sql_share_one_fold() -> None:
    shown = summary(several_databases())

    assert "SQL of <code>tenants/a</code> = <code>tenants/b</code>, 9 lines" in shown
    assert shown.count("```sql\nBEGIN;") == 1


def test_a_large_run_fits_and_says_what_was_left_out() -> None:
    shown = summary(many(50, 1_000, broken=True))

    assert len(shown.encode()) <= 900_000
    assert "- and 49,800 more failures, all in report.json" in shown
    assert "rollback rows" in shown.splitlines()[-1]
    assert "report.json has them all" in shown.splitlines()[-1]


def test_sql_that_does_not_fit_is_shown_in_part_and_named_by_path() -> None:
    shown = summary(many(3, 3_000))

    assert len(shown.encode()) <= 900_000
    assert "The whole: `alembic-ci-report/sql/" in shown
    assert shown.splitlines()[-1].startswith("_To stay within the size limit, we shortened")


def test_a_long_rollback_test_tells_only_what_is_not_plain_success() -> None:
    assert "Rollback test of" not in summary(many(1, 51))
    assert "Rollback test of" in summary(many(1, 50))


def test_a_long_rollback_test_tells_which_revisions_lose_data() -> None:
    shown = summary(rollback_report(replace(LONG, proofs=(*LONG.proofs, lost("b2d1", "gone")))))

    assert "| `b2d1` | Add email | rolls back, loses data | **data loss:** gone | 60 ms |" in shown
    assert "| `50` |" not in shown


def test_a_long_rollback_test_tells_a_round_trip_that_failed_and_no_other() -> None:
    down = RoundTrip(name="downgrade in one go", state=State.FAILED)

    assert "All revisions" not in summary(rollback_report(replace(LONG, round_trip=legs())))
    shown = summary(rollback_report(replace(LONG, round_trip=legs(down))))
    assert "| upgrade again | skipped | downgrade in one go failed |  |" in shown
    assert "| Revision | Message |" not in shown


def test_very_many_unfilled_tables_and_losses_are_counted() -> None:
    tables = tuple(Difference(text=f"table {number}", object="t") for number in range(60))
    losing = (lost(f"r{number}", *"abcdefgh") for number in range(250))
    shown = summary(rollback_report(replace(proved(*losing), rows=3, unfilled=tables)))

    assert "<summary>60 tables could not be filled</summary>" in shown
    assert "- table 49\n- and 10 more tables\n" in shown
    assert "- and 51 more warnings, all in report.json" in shown
    assert "<br>**data loss:** and 3 more |" in shown


def test_of_many_databases_the_failed_come_first() -> None:
    shown = summary(many(60, 1, broken=True))

    assert "production/tenant-059" in shown
    assert shown.count("<details>\n<summary>Rollback test") == 60


@settings(max_examples=60)
@given(st.integers(0, 6_000), st.sampled_from([all_passed, residue, hostile]))
def test_any_limit_holds_in_bytes(limit: int, sample: Callable[[], object]) -> None:
    name = next(name for name, made in SAMPLES.items() if made is sample)

    assert len(summary(SAMPLES[name](), limit=limit).encode()) <= limit


def test_a_tight_limit_keeps_the_verdict_and_closes_every_fold() -> None:
    for limit in range(500, 6_000, 50):
        shown = summary(residue(), limit=limit)

        assert shown.startswith("**Failed**: `staging`: The downgrade of b2d1")
        assert shown.count("<details") == shown.count("</details>")


def test_a_tight_limit_shortens_warnings_before_it_leaves_them_out() -> None:
    whole = summary(SAMPLES["data_loss"]())
    for limit in range(500, len(whole.encode()) + 500, 50):
        shown = summary(SAMPLES["data_loss"](), limit=limit)

        assert len(shown.encode()) <= limit
        assert shown.count("<details") == shown.count("</details>")
    assert "shortened 1 warning" in summary(SAMPLES["data_loss"](), limit=1_450)


def test_a_run_that_found_no_project_has_a_summary_too() -> None:
    assert "Alembic" not in summary(replace(all_passed(), project=None, environments=()))


def test_a_comment_fits_and_folds_what_is_long() -> None:
    shown = comment(many(3, 3_000, broken=True))

    assert len(shown) <= 65_536
    assert shown.startswith("**Failed**: ")
    assert "<details open>" not in shown
    assert shown.count("<details") == shown.count("</details>")
    assert shown.splitlines()[-1].startswith("_To stay within the size limit, we left out ")


def test_a_comment_says_what_the_summary_says() -> None:
    assert comment(residue()) == summary(residue()).replace("<details open>", "<details>")
