"""What the page is made of; how it looks and works is tested in a browser."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from alembic_ci.model import Divergence, Origin, SqlResult
from alembic_ci.render.html import html_report
from alembic_ci.render.html.highlighting import Highlighter
from reports import SAMPLES, database, environment, hostile, many, report, residue, risky, stated


@pytest.mark.parametrize(
    "name", ["residue", "several_databases", "risky", "data_loss", "contended", "taken_back"]
)
def test_page_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    html = html_report(SAMPLES[name]())

    golden(f"{name}.html", re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", html, flags=re.DOTALL))


def test_the_policy_allows_its_own_style_and_script_and_nothing_from_elsewhere() -> None:
    html = html_report(residue())

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"""(src|href)=["']?(https?:|//)""", html)
    assert " style=" not in html


def test_hostile_texts_are_spelled_out() -> None:
    html = html_report(hostile())

    assert html.count("<script>") == 1
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "</code></pre>x" not in html


def test_sql_past_the_budget_loses_its_colours_then_only_its_place_is_named() -> None:
    highlight = Highlighter()
    text = "SELECT 1;\n" * 10_000

    assert '<span class="k">SELECT</span>' in (highlight(text) or "")
    assert (highlight(f"{text}-- <b>") or "").endswith("-- &lt;b&gt;")
    assert highlight("x" * 1_400_000) is None
    assert '<span class="k">' in (highlight(text) or "")


def test_sql_that_is_only_in_a_file_is_named() -> None:
    html = html_report(residue())

    assert "In the file <code>alembic-ci-report/sql/staging/0001_b2d1.up.sql</code>" in html


def test_what_has_to_wait_for_a_statement_is_said_beside_it() -> None:
    html = html_report(risky())

    lock = "ACCESS EXCLUSIVE on customer blocks reads and writes"
    assert f"rewrites customer, {lock} <i>(by its text)</i>" in html
    assert f" {lock} <i>(by its text)</i>" in html
    assert '<td data-label="Risk">rewrites</td>' in html


def test_sql_that_is_not_what_offline_mode_renders_says_so() -> None:
    whole = risky()
    first, *others = whole.environments[0].databases[0].steps
    result = first.result
    assert isinstance(result, SqlResult)
    seen = replace(
        result.revisions[0],
        origin=Origin.CAPTURED,
        reads=2,
        divergence=Divergence(offline="SELECT <1>", captured="SELECT 2", line=7),
    )
    told = replace(result, revisions=(seen, *result.revisions[1:]))
    tested = database(replace(first, result=told), *others, after=None)

    html = html_report(report(environment("staging", tested)))

    assert "2 statements, as it ran, 2 queries left out" in html
    assert "Offline mode renders something else at line 7:" in html
    assert "SELECT &lt;1&gt;" in html


def test_a_thousand_revisions_do_not_make_the_page_too_large_to_mail() -> None:
    whole = many(1, 1_000)
    step = whole.environments[0].databases[0].steps[0]
    assert isinstance(step.result, SqlResult)
    tested = database(replace(step, result=stated(step.result)), after=None)

    html = html_report(replace(whole, environments=(environment("staging", tested),)))

    assert len(html) < 8_000_000
