"""What is to be installed for a project."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.project.dependencies.manifests import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the settings say about an installation; *python* is a version or an interpreter."""

    command: str = ""
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    python: str = ""
    project: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted: a *manifest* or the user's own command, for URLs with these *drivernames*.

    *directory* is the project's; *say* gets a line for whatever takes long.
    """

    manifest: Manifest | None
    choices: Choices
    directory: Path
    drivernames: tuple[str, ...]
    variables: Mapping[str, str]
    say: Callable[[str], None]
