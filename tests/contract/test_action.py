"""action.yml says what the interface says, in the way the GitHub runner reads it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from alembic_ci.interface import COMMANDS, OPTIONS, OUTPUTS

ROOT = Path(__file__).resolve().parents[2]

Action = Mapping[str, Mapping[str, Mapping[str, object]]]


@pytest.fixture(scope="module")
def action() -> Action:
    loaded: Action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return loaded


def test_generated_files_are_fresh() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--check"]

    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


def test_inputs_are_the_options_and_which_command_with_which_arguments(action: Action) -> None:
    assert list(action["inputs"]) == ["command", "args", *(option.name for option in OPTIONS)]


def test_outputs_are_those_of_the_interface(action: Action) -> None:
    assert list(action["outputs"]) == [output.name for output in OUTPUTS]


def test_every_default_is_a_string(action: Action) -> None:
    assert {type(text["default"]) for text in action["inputs"].values()} == {str}


def test_an_input_that_was_not_given_leaves_variables_and_files_their_say(action: Action) -> None:
    defaults = {name: text["default"] for name, text in action["inputs"].items()}

    assert defaults.pop("command") == "run"
    assert set(defaults.values()) == {""}


def test_the_runner_makes_no_arguments_of_the_input_args(action: Action) -> None:
    assert "args" in action["runs"]
    assert not action["runs"]["args"]


def test_names_of_inputs_and_outputs_are_distinct_without_case_and_dashes() -> None:
    variables = [option.attribute.upper() for option in OPTIONS]

    assert len(set(variables)) == len(variables)
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert len({output.name for output in OUTPUTS}) == len(OUTPUTS)
