"""The sample projects under tests/projects, each with one thing to find."""

import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).with_name("projects")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One sample project and what `run --scope all` must say of it."""

    name: str
    databases: tuple[str, ...]
    exit_code: int
    failure_class: str | None
    verdicts: Mapping[str, str]
    flags: tuple[str, ...]
    variables: Mapping[str, str]

    def copied(self, place: Path) -> Path:
        """Copy the project below *place*, so that runs do not meet."""
        return shutil.copytree(
            _FOLDER / self.name, place / self.name, ignore=shutil.ignore_patterns("__pycache__")
        )


def case(name: str) -> Case:
    """Read one case."""
    data = tomllib.loads((_FOLDER / name / "case.toml").read_text())
    expected = data["expected"]
    return Case(
        name=name,
        databases=tuple(data["databases"]),
        exit_code=expected["exit-code"],
        failure_class=expected.get("failure-class"),
        verdicts=expected.get("verdicts", {}),
        flags=tuple(_flags(data.get("settings", {}))),
        variables=data.get("variables", {}),
    )


def _flags(settings: Mapping[str, str | list[str]]) -> list[str]:
    return [
        f"--{name}={value}"
        for name, values in settings.items()
        for value in ([values] if isinstance(values, str) else values)
    ]


def cases() -> tuple[Case, ...]:
    """Read all of them."""
    return tuple(case(path.parent.name) for path in sorted(_FOLDER.glob("*/case.toml")))
