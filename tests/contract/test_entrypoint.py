"""entrypoint.py turns what CI hosts hand over into our command line; no container needed."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

import entrypoint  # noqa: E402  (a file beside the package, not in it)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ["run"]),
        ({"INPUT_COMMAND": " status "}, ["status"]),
        (
            {"INPUT_COMMAND": "alembic", "INPUT_ARGS": "show 'a b'"},
            ["alembic", "--", "show", "a b"],
        ),
        ({"INPUT_COMMAND": "sql", "INPUT_ARGS": "--scope all"}, ["sql", "--scope", "all"]),
    ],
)
def test_inputs_of_github_become_the_command_line(
    variables: dict[str, str], expected: list[str]
) -> None:
    assert entrypoint.command_line([], {"GITHUB_ACTIONS": "true", **variables}) == expected


def test_arguments_win_over_inputs() -> None:
    variables = {"GITHUB_ACTIONS": "true", "INPUT_COMMAND": "upgrade"}

    assert entrypoint.command_line(["status"], variables) == ["status"]


def test_elsewhere_no_arguments_stay_none() -> None:
    assert entrypoint.command_line([], {"INPUT_COMMAND": "upgrade"}) == []


@pytest.mark.parametrize("arguments", [["sh", "-c", "x"], ["/bin/sh"], ["cat"]])
def test_programs_of_the_image_are_foreign(arguments: list[str]) -> None:
    assert entrypoint.is_foreign(arguments)


@pytest.mark.parametrize("arguments", [[], ["alembic"], ["run"], ["--help"], ["no-such-program"]])
def test_our_commands_and_what_does_not_exist_are_not_foreign(arguments: list[str]) -> None:
    assert not entrypoint.is_foreign(arguments)


def test_paths_that_do_not_exist_are_forgotten(tmp_path: Path) -> None:
    variables = {
        "PYTHONHOME": "/no/such/folder",
        "VIRTUAL_ENV": str(tmp_path),
        "UV_PYTHON": "3.12",
        "LD_LIBRARY_PATH": f"/no/such/folder:{tmp_path}:",
        "PYTHONPATH": "/no/such/folder",
    }

    entrypoint.forget_absent_paths(variables)

    assert variables == {
        "VIRTUAL_ENV": str(tmp_path),
        "UV_PYTHON": "3.12",
        "LD_LIBRARY_PATH": str(tmp_path),
    }
