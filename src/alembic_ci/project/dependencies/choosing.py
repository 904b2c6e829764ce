"""Decide whether anything is to be installed, and from what."""

import dataclasses
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.errors import SettingsError
from alembic_ci.project.config_files import config_files
from alembic_ci.project.dependencies.manifests import manifest
from alembic_ci.project.dependencies.orders import Choices, Order
from alembic_ci.project.interpreter import virtual_environment
from alembic_ci.settings import Settings

AUTO, ALWAYS, NONE = "auto", "always", "none"
_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Where the tool runs; *in_image* tells that it is our own container image."""

    in_image: bool
    variables: Mapping[str, str]
    say: Callable[[str], None]


def with_interpreter(
    settings: Settings, drivernames: Iterable[str], circumstances: Circumstances
) -> Settings:
    """Install what is wanted, and return settings that name the interpreter which then has it."""
    wanted = order(settings, drivernames, circumstances)
    if wanted is None:
        return settings
    # Most runs install nothing.
    from alembic_ci.project.dependencies.installing import installed  # noqa: PLC0415

    return dataclasses.replace(settings, python=str(installed(wanted)))


def order(
    settings: Settings, drivernames: Iterable[str], circumstances: Circumstances
) -> Order | None:
    """Return what is to be installed; ``None`` when an interpreter is there already.

    Raises:
        SettingsError: the settings contradict each other, or there is nothing to install from.
    """
    directory = config_files(settings.working_directory.resolve(), settings.config).directory
    if not _wanted(settings, directory, circumstances):
        return None
    command = "" if settings.install in {AUTO, ALWAYS} else settings.install
    found = None if command else manifest(directory)
    if not command and found is None:
        _go_without(settings, directory, circumstances)
        return None
    return Order(
        manifest=found,
        choices=_choices(settings, command),
        directory=directory,
        drivernames=tuple(sorted(set(drivernames))),
        variables=circumstances.variables,
        say=circumstances.say,
    )


def _wanted(settings: Settings, directory: Path, circumstances: Circumstances) -> bool:
    if settings.python and settings.install not in {AUTO, NONE}:
        raise SettingsError(
            "--python and --install contradict each other.",
            meaning="--python names an interpreter that has the project's dependencies; --install "
            "makes one.",
            remedy="Leave one of them out; --python-version chooses a Python to install for.",
        )
    if settings.python or settings.install == NONE:
        return False
    if settings.install != AUTO:
        return True
    return circumstances.in_image and not _usable(virtual_environment(directory), circumstances)


def _usable(python: Path | None, circumstances: Circumstances) -> bool:
    """Tell whether the project's own virtual environment works here, and not only on the host."""
    if python is None:
        return False
    try:
        done = subprocess.run(
            (str(python), "-I", "-c", "import alembic, sqlalchemy"),
            check=False,
            capture_output=True,
            timeout=_SECONDS,
        )
        working = done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        working = False
    if not working:
        circumstances.say(f"{python} does not work in this container and is left alone")
    return working


def _go_without(settings: Settings, directory: Path, circumstances: Circumstances) -> None:
    """Go on with the image's own packages, and say so; asked for aloud, that is an error."""
    if settings.install == ALWAYS:
        raise SettingsError(
            f"--install always: {directory} declares no dependencies.",
            meaning="There is no uv.lock, pylock.toml, poetry.lock, Pipfile.lock, requirements.txt "
            "or pyproject.toml with a [project] table from there to the repository's root.",
            remedy="Commit one of them, or give a command: --install 'uv pip install ...'.",
        )
    circumstances.say(
        f"{directory} declares no dependencies: "
        "this image's own Alembic, SQLAlchemy and drivers are used"
    )


def _choices(settings: Settings, command: str) -> Choices:
    return Choices(
        command=command,
        extras=settings.extras,
        groups=settings.groups,
        python=settings.python_version,
        project=settings.install_project,
    )
