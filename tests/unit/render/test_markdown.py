from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from alembic_ci.render.markdown import summary
from reports import SAMPLES, all_passed, hostile, many, residue, several_databases

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")


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
    assert sum(tag.count("<details") for tag in tags) == 3
    assert sum(tag.count("</details>") for tag in tags) == 3


def test_databases_with_the_same_sql_share_one_fold() -> None:
    shown = summary(several_databases())

    assert "SQL of <code>tenants/a</code>, <code>tenants/b</code>" in shown
    assert shown.count("```sql\nBEGIN;") == 1


def test_a_large_run_fits_and_says_what_was_left_out() -> None:
    shown = summary(many(200, 1_000, broken=True))

    assert len(shown.encode()) <= 900_000
    assert "- and 199,800 more failures, all in report.json" in shown
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


def test_a_run_that_found_no_project_has_a_summary_too() -> None:
    assert "Alembic" not in summary(replace(all_passed(), project=None, environments=()))
