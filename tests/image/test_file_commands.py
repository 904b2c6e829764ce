import pytest

from image.file_commands import FileCommandError, key_values


def test_a_plain_line_is_split_at_its_first_equals_sign() -> None:
    assert key_values("name=a=b<<c\n") == {"name": "a=b<<c"}


def test_a_heredoc_keeps_its_lines_and_loses_the_last_line_feed() -> None:
    assert key_values("sql<<END\nSELECT 1;\r\n\nname=x\nEND\n") == {"sql": "SELECT 1;\r\n\nname=x"}


def test_an_empty_heredoc_is_an_empty_value() -> None:
    assert key_values("sql<<END\nEND") == {"sql": ""}


def test_the_last_of_several_values_counts_and_empty_lines_do_not() -> None:
    assert key_values("\na=1\n\na=2\n") == {"a": "2"}


@pytest.mark.parametrize(
    "text",
    ["neither\n", "=value\n", "<<END\nEND\n", "a<<\n\n", "a<<END\nvalue\n", "a<<END\nvalue"],
)
def test_what_the_runner_refuses_is_refused(text: str) -> None:
    with pytest.raises(FileCommandError):
        key_values(text)
