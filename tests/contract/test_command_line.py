"""The command line offers exactly the commands and options of the interface."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from alembic_ci.interface import COMMANDS, OPTIONS

_PROGRAM = Path(sys.executable).with_name("alembic-ci")
_COMMANDS = [command.name for command in COMMANDS]


@cache
def _help(*command: str) -> str:
    done = subprocess.run(
        [str(_PROGRAM), *command, "--help"], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _flags(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_lists_the_command(command: str) -> None:
    assert re.search(rf"^  {command}\b", _help(), re.MULTILINE)


@pytest.mark.parametrize("option", [option.name for option in OPTIONS])
def test_every_option_is_a_flag_of_some_command(option: str) -> None:
    flags = _flags(_help()).union(*(_flags(_help(command)) for command in _COMMANDS))

    assert f"--{option}" in flags


@pytest.mark.parametrize("command", _COMMANDS)
def test_a_command_has_no_flag_that_the_interface_does_not_know(command: str) -> None:
    known = {f"--{option.name}" for option in OPTIONS} | {"--help", "--version"}
    listed = set(re.findall(r"^\s+(?:-\w, )?(--[a-z][a-z-]*)", _help(command), re.MULTILINE))

    assert listed <= known
