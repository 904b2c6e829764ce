"""SQL on the page: what is coloured, and that nothing of it is lost or acts."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.render.html.painting import painted
from alembic_ci.urls import Dialect

_SPAN = re.compile(r'<span class="([ksmc])">(.*?)</span>', re.DOTALL)


def _coloured(sql: str, dialect: Dialect) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for colour, text in _SPAN.findall(painted(sql, dialect)):
        found.setdefault(colour, []).append(unescape(text))
    return found


@pytest.mark.parametrize("dialect", Dialect)
def test_keywords_texts_numbers_and_comments_are_told_apart(dialect: Dialect) -> None:
    sql = "insert INTO pets (name) VALUES ('it''s', 4.5, NULL) /* all\n of them */"

    assert _coloured(sql, dialect) == {
        "k": ["insert", "INTO", "VALUES", "NULL"],
        "s": ["'it''s'"],
        "m": ["4.5"],
        "c": ["/* all\n of them */"],
    }


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ('"key"', Dialect.POSTGRESQL),
        ("`key`", Dialect.MYSQL),
        ("[key]", Dialect.SQLITE),
        ("shop.key", Dialect.POSTGRESQL),
        ("keys2", Dialect.MYSQL),
    ],
)
def test_a_name_is_not_coloured_though_it_is_a_keyword_elsewhere(
    sql: str, dialect: Dialect
) -> None:
    assert _coloured(sql, dialect) == {}


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("DO $body$ SELECT 'x' $body$", Dialect.POSTGRESQL),
        ("DO /*!50003 SELECT 'x' */", Dialect.MYSQL),
        ("DO /*M! SELECT 'x' */", Dialect.MYSQL),
    ],
)
def test_code_in_a_wrapping_is_coloured_as_code(sql: str, dialect: Dialect) -> None:
    assert _coloured(sql, dialect) == {"k": ["DO", "SELECT"], "s": ["'x'"]}


def test_a_text_in_a_body_is_a_text_however_deep_it_goes() -> None:
    tags = [f"$a{number}$" for number in range(3_000)]
    sql = "".join((*tags, *reversed(tags)))

    assert _coloured(sql, Dialect.POSTGRESQL)["s"]


@pytest.mark.parametrize("dialect", Dialect)
@given(sql=st.text(alphabet="ab1 $'\"`/*-#!&<>.\\\n;[]", max_size=60))
def test_nothing_is_lost_and_nothing_acts(dialect: Dialect, sql: str) -> None:
    html = painted(sql, dialect)

    bare = _SPAN.sub(r"\2", html)
    assert "<" not in bare
    assert unescape(bare) == sql
