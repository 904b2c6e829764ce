"""What examples/ci and the documents tell users to write is what the tool takes."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from alembic_ci.cli import group
from alembic_ci.interface import COMMANDS, OPTIONS, OUTPUTS

ROOT = Path(__file__).resolve().parents[2]
_TOOLS = Path(sys.executable).parent
_EXAMPLES = sorted(path for path in (ROOT / "examples" / "ci").rglob("*") if path.is_file())
_TEXTS = [*_EXAMPLES, ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_ACTION = re.compile(r"OWNER/alembic-ci@v\S+")
_NAMES = "|".join(command.name for command in COMMANDS)
# A command of ours, up to what ends it in a shell, in YAML, in a table or in a sentence.
_COMMAND = re.compile(
    rf"(?:\balembic-ci|\bIMAGE|\$\(image\)|\"\$image\")\s+((?:{_NAMES})\b[^\n|&;`'\")#]*)"
)
_VARIABLE = re.compile(r"\bALEMBIC_CI_([A-Z_]+)\b(?!>)")


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _commands() -> Iterator[tuple[str, str]]:
    for path in _TEXTS:
        for found in _COMMAND.findall(path.read_text(encoding="utf-8")):
            yield _shown(path), found.strip()


@pytest.mark.parametrize(("where", "command"), sorted(set(_commands())))
def test_a_documented_command_line_is_understood(where: str, command: str) -> None:
    name, *arguments = shlex.split(command.split("...", maxsplit=1)[0].rstrip(", "))

    context = group.commands[name].make_context(name, arguments)

    assert context.params, where


@pytest.mark.parametrize("path", _TEXTS, ids=_shown)
def test_a_documented_name_is_an_output_or_an_option(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    outputs = {output.name for output in OUTPUTS}
    options = {option.name for option in OPTIONS}
    variables = {name.upper().replace("-", "_") for name in outputs | options}

    assert set(_VARIABLE.findall(text)) <= variables
    assert set(re.findall(r"steps\.[\w-]+\.outputs\.([\w-]+)", text)) <= outputs
    assert set(re.findall(r"\$\(migrations\.([\w-]+)\)", text)) <= outputs


def test_the_github_workflows_pass_actionlint_with_the_action_as_it_is(tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    shutil.copy(ROOT / "action.yml", tmp_path)
    (tmp_path / "Dockerfile").touch()
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    for path in (ROOT / "examples" / "ci" / "github").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        assert _ACTION.search(text), path.name
        (workflows / path.name).write_text(_ACTION.sub("./", text), encoding="utf-8")

    done = subprocess.run(
        [_TOOLS / "actionlint", "-shellcheck=", "-pyflakes="],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_the_gitlab_component_becomes_a_job_that_gitlab_takes(tmp_path: Path) -> None:
    text = (ROOT / "templates" / "alembic-ci.yml").read_text(encoding="utf-8")
    spec, _ = yaml.safe_load_all(text)
    inputs = spec["spec"]["inputs"]
    values = {name: about.get("default", "given") for name, about in inputs.items()}
    job = tmp_path / "job.yml"
    job.write_text(_interpolated(text.split("---\n")[1], values), encoding="utf-8")

    done = subprocess.run(
        [_TOOLS / "check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", job],
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert [name for name, about in inputs.items() if "default" not in about] == ["image"]
    assert {option.name for option in OPTIONS} < set(inputs)


def _interpolated(text: str, values: dict[str, object]) -> str:
    """Put the inputs in as GitLab does: a list stays one, everything else becomes text."""

    def value(match: re.Match[str]) -> str:
        found = values[match[1]]
        return found if isinstance(found, str) else yaml.safe_dump(found, default_flow_style=True)

    return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", value, text)


def test_the_gitlab_example_gives_the_component_inputs_that_it_has() -> None:
    spec = next(yaml.safe_load_all((ROOT / "templates" / "alembic-ci.yml").read_text("utf-8")))
    example = yaml.safe_load((ROOT / "examples/ci/gitlab/component.yml").read_text("utf-8"))

    given = example["include"][0]["inputs"]

    assert set(given) <= set(spec["spec"]["inputs"])
    assert given["job-name"] in example


@pytest.mark.parametrize("path", [path for path in _TEXTS if path.suffix == ".md"], ids=_shown)
def test_every_link_of_a_document_leads_to_a_file(path: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[\w-]+)?\)", path.read_text(encoding="utf-8"))

    missing = [target for target in targets if not (path.parent / target).exists()]

    assert not missing
