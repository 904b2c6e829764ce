"""A container action as the GitHub runner starts it: folders, variables, mounts, file commands."""

import json
import os
import signal
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from image.building import ROOT
from image.containers import TIMEOUT, Container
from image.file_commands import key_values

_RUNNER = 1001  # the uid and gid that own everything the runner makes
_SUMMARY_LIMIT = 1_048_576  # bytes; the runner drops a longer summary as a whole
_FILE_COMMANDS = {
    "GITHUB_OUTPUT": "set_output",
    "GITHUB_ENV": "set_env",
    "GITHUB_PATH": "add_path",
    "GITHUB_STATE": "save_state",
    "GITHUB_STEP_SUMMARY": "step_summary",
}
_PATHS_INSIDE = {
    "workspace": "/github/workspace",
    "_github_home": "/github/home",
    "_github_workflow": "/github/workflow",
    "_runner_file_commands": "/github/file_commands",
}
# (signal, seconds the client has before the next one), as for a cancelled job
_CANCELLATION = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 10.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the runner knows once the step has ended."""

    exit_code: int
    log: str
    outputs: Mapping[str, str]
    exported: Mapping[str, str]
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A runner's folders on the host; *temp* must not exist yet, *workspace* is the checkout."""

    image: str
    workspace: Path
    temp: Path
    event: str = "push"
    payload: object = field(default_factory=dict)
    api_url: str = "http://127.0.0.1:9"
    identity: str = field(default_factory=lambda: str(uuid.uuid4()))

    def run(self, inputs: Mapping[str, str], env: Mapping[str, str]) -> Step:
        """Run the action to its end; *env* is what workflow, job and step put into ``env``."""
        self._prepare()
        ended = self._container(inputs, env).run()
        return self._step(ended.exit_code, ended.log)

    def cancel(self, inputs: Mapping[str, str], env: Mapping[str, str], *, at: str) -> Step:
        """Run the action and cancel it when its log says *at*."""
        self._prepare()
        with self._container(inputs, env).started() as process:
            before = _read_until(process, at)
            after = _cancelled(process)
        return self._step(process.returncode, before + after)

    def _prepare(self) -> None:
        for name in tuple(_PATHS_INSIDE)[1:]:
            (self.temp / name).mkdir(parents=True)
        (self.temp / "docker.sock").touch()
        event = self.temp / "_github_workflow" / "event.json"
        event.write_text(json.dumps(self.payload), encoding="utf-8")
        for variable in _FILE_COMMANDS:
            self._file(variable).touch()
        for folder in (self.workspace, self.temp):
            for path in (folder, *folder.rglob("*")):
                os.chown(path, _RUNNER, _RUNNER, follow_symlinks=False)

    def _file(self, variable: str) -> Path:
        name = f"{_FILE_COMMANDS[variable]}_{self.identity}"
        return self.temp / "_runner_file_commands" / name

    def _container(self, inputs: Mapping[str, str], env: Mapping[str, str]) -> Container:
        action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
        variables = {
            **env,
            **_input_variables(action["inputs"], inputs),
            "HOME": str(self.temp / "_github_home"),
            **self._github(),
        }
        mounts = [(self.temp / "docker.sock", "/var/run/docker.sock")]
        mounts += [(self.temp, "/github/runner_temp")]
        mounts += [(here, inside) for here, inside in self._mounts().items()]
        return Container(
            image=self.image,
            command=action["runs"]["args"],
            variables={name: self._translated(value) for name, value in variables.items()},
            mounts=mounts,
            flags=("--workdir", "/github/workspace", "--label", self.identity[:6]),
        )

    def _mounts(self) -> dict[Path, str]:
        return {
            self.workspace if name == "workspace" else self.temp / name: inside
            for name, inside in _PATHS_INSIDE.items()
        }

    def _translated(self, value: str) -> str:
        """Rewrite a value that is, or begins with, a folder of the host; nothing else is."""
        for here, inside in {**self._mounts(), self.temp: "/github/runner_temp"}.items():
            if value == str(here) or value.startswith(f"{here}/"):
                return inside + value[len(str(here)) :]
        return value

    def _github(self) -> dict[str, str]:
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION": "alembic-ci",
            "GITHUB_API_URL": self.api_url,
            "GITHUB_EVENT_NAME": self.event,
            "GITHUB_EVENT_PATH": str(self.temp / "_github_workflow" / "event.json"),
            "GITHUB_REF": "refs/heads/main",
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_RUN_ID": "1",
            "GITHUB_SERVER_URL": "https://github.invalid",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_TOOL_CACHE": "/opt/hostedtoolcache",
            "ACTIONS_RUNTIME_TOKEN": "token-of-the-runtime",
            "ACTIONS_RUNTIME_URL": "http://127.0.0.1:9/",
            **{variable: str(self._file(variable)) for variable in _FILE_COMMANDS},
        }

    def _step(self, exit_code: int, log: str) -> Step:
        texts = {name: _exact(self._file(name)) for name in _FILE_COMMANDS}
        if len(texts["GITHUB_STEP_SUMMARY"].encode()) > _SUMMARY_LIMIT:
            texts["GITHUB_STEP_SUMMARY"] = ""
        return Step(
            exit_code=exit_code,
            log=without_masks(log),
            outputs=key_values(texts["GITHUB_OUTPUT"]),
            exported=key_values(texts["GITHUB_ENV"]),
            summary=texts["GITHUB_STEP_SUMMARY"],
        )


def _input_variables(
    declared: Mapping[str, Mapping[str, str]], given: Mapping[str, str]
) -> dict[str, str]:
    """Return INPUT_* for every declared input; dashes stay, and absent ones have their default."""
    unknown = given.keys() - declared.keys()
    if unknown:
        raise ValueError(f"action.yml has no such input: {', '.join(sorted(unknown))}")
    values = {name: str(given.get(name, text["default"])) for name, text in declared.items()}
    return {f"INPUT_{name.replace(' ', '_').upper()}": value for name, value in values.items()}


def _exact(path: Path) -> str:
    """Return the text as it is: the runner ends lines at LF alone."""
    return path.read_bytes().decode()


def _read_until(process: subprocess.Popen[str], marker: str) -> str:
    if process.stdout is None:
        raise ValueError("The process was started without a pipe for its output.")
    seen: list[str] = []
    for line in process.stdout:
        seen.append(line)
        if marker in line:
            return "".join(seen)
    raise AssertionError(f"{marker!r} never came:\n{''.join(seen)}")


def _cancelled(process: subprocess.Popen[str]) -> str:
    for number, patience in _CANCELLATION:
        process.send_signal(number)
        try:
            return process.communicate(timeout=patience)[0]
        except subprocess.TimeoutExpired:
            continue
    return process.communicate(timeout=TIMEOUT)[0]


def without_masks(log: str) -> str:
    """Return what the runner shows: it swallows the commands that name the words to hide.

    The words themselves are not hidden here, so that a test sees what only the runner would hide.
    """
    return "".join(
        line for line in log.splitlines(keepends=True) if not line.startswith("::add-mask::")
    )
