"""README.md promises what the code does."""

import re
from pathlib import Path

import pytest

from alembic_ci.errors import ExitCode
from alembic_ci.interface import OPTIONS, OUTPUTS

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "section"),
    [
        ("README.md", "commands"),
        ("README.md", "featured options"),
        ("README.md", "featured outputs"),
        ("docs/reference.md", "commands"),
        ("docs/reference.md", "options"),
        ("docs/reference.md", "outputs"),
    ],
)
def test_the_reference_tables_are_there_to_be_generated(name: str, section: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")

    start, _, rest = text.partition(f"<!-- generated: {section} -->\n")

    assert rest, f"{name} has no `<!-- generated: {section} -->`"
    assert "<!-- /generated -->" in rest
    assert start


def test_the_readme_tells_of_few_options_and_outputs() -> None:
    featured = [option for option in OPTIONS if option.featured]
    outputs = [output for output in OUTPUTS if output.featured]

    assert 5 <= len(featured) <= 12
    assert 5 <= len(outputs) <= 12


def test_the_table_of_exit_codes_has_every_code_and_no_other() -> None:
    documented = re.findall(r"^\| `?(\d+)`? \|", README, re.MULTILINE)

    assert sorted(int(code) for code in documented) == sorted(ExitCode)


def test_the_first_two_shell_fences_hold_one_command_each() -> None:
    fences = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

    assert [len(fence.splitlines()) for fence in fences[:2]] == [1, 1]


def test_the_second_command_is_the_test_run() -> None:
    fences = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

    assert "tests/run" in fences[1]
