"""What the page is made of; how it looks and works is tested in a browser."""

import re
from collections.abc import Callable

import pytest

from alembic_ci.model import Report, SqlResult
from alembic_ci.render.html import html_report
from alembic_ci.render.html.highlighting import Highlighter
from reports import HOSTILE, SAMPLES, hostile, many, residue

SQL = "BEGIN;\n\nALTER TABLE customer ADD COLUMN email VARCHAR(255);\n\nCOMMIT;\n"


def page(sample: Report, sql: str = SQL) -> str:
    texts = {
        item.path: sql
        for environment in sample.environments
        for database in environment.databases
        for result in database.results()
        if isinstance(result, SqlResult)
        for item in result.revisions
    }
    return html_report(sample, texts)


@pytest.mark.parametrize("name", ["residue", "several_databases", "refused", "data_loss"])
def test_page_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    html = page(SAMPLES[name]())

    golden(f"{name}.html", re.sub(r"<(style|script)>.*?</\1>", r"<\1></\1>", html, flags=re.DOTALL))


def test_the_policy_allows_its_own_style_and_script_and_nothing_from_elsewhere() -> None:
    html = page(residue())

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert "unsafe" not in policy[1]
    assert not re.search(r"""(src|href)=["']?(https?:|//)""", html)
    assert " style=" not in html


def test_hostile_texts_are_spelled_out() -> None:
    html = page(hostile(), f"-- {HOSTILE}\n'</code></pre><script>alert(1)</script>")

    assert html.count("<script>") == 1
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert "&lt;/code&gt;&lt;/pre&gt;&lt;script&gt;" in html


def test_sql_past_the_budget_loses_its_colours_then_only_its_place_is_named() -> None:
    highlight = Highlighter()
    text = "SELECT 1;\n" * 10_000

    assert '<span class="k">SELECT</span>' in (highlight(text) or "")
    assert (highlight(f"{text}-- <b>") or "").endswith("-- &lt;b&gt;")
    assert highlight("x" * 1_400_000) is None
    assert '<span class="k">' in (highlight(text) or "")


def test_a_script_that_could_not_be_read_is_named() -> None:
    html = html_report(residue(), {})

    assert "In the file <code>alembic-ci-report/sql/staging/0001_b2d1.up.sql</code>" in html


def test_a_thousand_revisions_do_not_make_the_page_too_large_to_mail() -> None:
    assert len(page(many(1, 1_000))) < 8_000_000
