"""README.md promises what the code does."""

import re
from pathlib import Path

import pytest

from alembic_ci.errors import ExitCode

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("section", ["commands", "options", "outputs"])
def test_the_reference_tables_are_there_to_be_generated(section: str) -> None:
    start, _, rest = README.partition(f"<!-- generated: {section} -->\n")

    assert rest, f"README.md has no `<!-- generated: {section} -->`"
    assert "<!-- /generated -->" in rest
    assert start


def test_the_table_of_exit_codes_has_every_code_and_no_other() -> None:
    documented = re.findall(r"^\| `?(\d+)`? \|", README, re.MULTILINE)

    assert sorted(int(code) for code in documented) == sorted(ExitCode)


def test_the_first_two_shell_fences_hold_one_command_each() -> None:
    fences = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

    assert [len(fence.splitlines()) for fence in fences[:2]] == [1, 1]


def test_the_second_command_is_the_test_run() -> None:
    fences = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)

    assert "tests/run" in fences[1]
