import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from alembic_ci.render.escape import code, fenced, folded, html, prose
from alembic_ci.render.words import visible

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
texts = st.text(st.sampled_from("ab1 `|\\<>&*_[]()~#-+=.!$@:\n\r\t\x1b'\"/") | st.characters())


def inline(markdown: str) -> list[Token]:
    return [
        child
        for token in PARSER.parse(markdown)
        if token.type == "inline"
        for child in token.children or ()
    ]


@given(texts)
def test_a_name_in_a_table_stays_in_its_cell(name: str) -> None:
    tokens = PARSER.parse(f"| a | b |\n| --- | --- |\n| {code(name)} | x |\n\nend\n")

    cells = [token for token in tokens if token.type == "td_open"]
    assert len(cells) == 2
    assert tokens[-2].content == "end"


@given(texts)
def test_a_sentence_in_a_table_stays_in_its_cell(sentence: str) -> None:
    tokens = PARSER.parse(f"| a | b |\n| --- | --- |\n| {prose(sentence)} | x |\n\nend\n")

    assert len([token for token in tokens if token.type == "td_open"]) == 2
    assert tokens[-2].content == "end"


@given(texts)
def test_a_sentence_holds_no_markup_but_code(sentence: str) -> None:
    allowed = {"text", "code_inline", "text_special", "html_inline"}

    tokens = inline(prose(sentence))
    tags = {token.content for token in tokens if token.type == "html_inline"}

    assert {token.type for token in tokens} <= allowed
    assert tags <= {"<span>", "</span>", "<!-- -->", "<code>", "</code>"}


@given(texts)
def test_a_sentence_opens_no_block(sentence: str) -> None:
    assert [token.type for token in PARSER.parse(prose(sentence))] in (
        [],
        ["paragraph_open", "inline", "paragraph_close"],
    )


@given(texts)
def test_a_block_ends_where_it_should(text: str) -> None:
    (token,) = PARSER.parse(fenced(text, "sql"))

    assert token.type == "fence"
    assert token.content.rstrip("\n") == visible(text).rstrip("\n").replace("\0", "\ufffd")


@given(texts)
def test_a_summary_line_holds_no_tag(name: str) -> None:
    assert not set("<>\"'`|\n") & set(html(name))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("snake_case stays", "snake_case stays"),
        ("_both_", "\\_both\\_"),
        ("ask @you", "ask @<!-- -->you"),
        ("root@localhost", "root@localhost"),
        ("run `alembic merge`", "run `alembic merge`"),
        ("costs $5", "costs <span>$</span>5"),
        ("1. one", "1\\. one"),
        ("- one", "\\- one"),
    ],
)
def test_prose_is_escaped_only_where_needed(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_harmless_names_stay_readable_in_the_source() -> None:
    assert code("a1c0") == "`a1c0`"
    assert code("a|b") == "<code>a&#124;b</code>"
    assert code("") == "<code>&nbsp;</code>"


def test_a_fold_ends_after_its_body() -> None:
    assert folded("more", "text\n") == (
        "<details>\n<summary>more</summary>\n\ntext\n\n</details>\n"
    )
