"""The command line offers exactly the commands and options of the interface."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from alembic_ci.interface import COMMANDS, OPTIONS, TOPICS, Topic

_PROGRAM = Path(sys.executable).with_name("alembic-ci")
_DEFINED = {command.name: command for command in COMMANDS}
_COMMANDS = list(_DEFINED)


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
def test_a_command_has_the_flags_that_concern_it_and_no_other(command: str) -> None:
    expected = {f"--{option.name}" for topic in TOPICS for option in topic.of(_DEFINED[command])}
    listed = set(re.findall(r"^\s+(?:-\w, )?(--[a-z][a-z-]*)", _help(command), re.MULTILINE))

    assert listed == expected | {"--help"}


@pytest.mark.parametrize("command", _COMMANDS)
def test_help_has_a_section_for_each_topic(command: str) -> None:
    titles = [topic.title for topic in TOPICS if topic.of(_DEFINED[command])]

    assert re.findall(r"^(\w[\w ]*):$", _help(command), re.MULTILINE) == [*titles, "Other"]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: str(topic.title))
def test_options_concern_only_commands_that_there_are(topic: Topic) -> None:
    named = {*topic.commands}.union(*(option.commands for option in topic.options))

    assert named <= set(_COMMANDS)


def test_a_flag_of_another_command_is_refused_with_its_owners() -> None:
    done = subprocess.run(
        [str(_PROGRAM), "status", "--rows", "3"], check=False, capture_output=True, text=True
    )

    assert done.returncode == 2
    assert "--rows does not concern status, only run, rollback-test" in done.stderr


def test_flags_without_a_command_are_those_of_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(_PROGRAM), "--environments=staging", "--steps", "sql"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert re.match(r"alembic-ci \S+, run\n", done.stdout)
    assert "There is no database URL for the environment staging" in done.stdout
