from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.ci.cutting import cut_markdown

DOCUMENT = (
    "**Failed**\n\n<details>\n<summary>SQL</summary>\n\n````sql\n"
    + "```\n</details>\n<details>\nSELECT 'é';\n" * 200
    + "````\n\n</details>\n"
)


def test_what_fits_stays_as_it_is() -> None:
    assert cut_markdown(DOCUMENT, len(DOCUMENT.encode())) == DOCUMENT


def test_open_fences_and_folds_are_closed() -> None:
    shown = cut_markdown(DOCUMENT, 2_000)

    assert shown.endswith(
        "\n````\n\n</details>\n\n_The rest was cut to fit; `report.md` has it all._\n"
    )


@given(st.integers(-10, 10_000))
def test_the_limit_holds(limit: int) -> None:
    assert len(cut_markdown(DOCUMENT, limit).encode()) <= max(0, limit)


def test_where_not_even_a_line_fits_nothing_is_left() -> None:
    assert cut_markdown(DOCUMENT, 100) == ""
