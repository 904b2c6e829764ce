"""What has to be run to install a manifest; pure, nothing is run here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.project.dependencies.manifests import Kind, Manifest
from alembic_ci.project.dependencies.orders import Choices

_DEVELOPERS = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command line; what it prints goes into *output*, where that is given."""

    words: tuple[str, ...]
    directory: Path
    output: Path | None = None


def recipe(manifest: Manifest, choices: Choices, environment: Path) -> Iterator[Command]:
    """Yield the commands that install *manifest* into *environment*, in their order."""
    if manifest.kind is Kind.UV:
        yield _synced(manifest, choices)
        return
    yield new_environment(choices, environment, manifest.directory)
    exported = environment / "exported-requirements.txt"
    match manifest.kind:
        case Kind.POETRY:
            yield _exported_by_poetry(manifest, choices, exported)
            yield _installed(environment, manifest.directory, "-r", str(exported))
        case Kind.PIPENV:
            yield _exported_by_pipenv(manifest, choices, exported)
            yield _installed(environment, manifest.directory, "-r", str(exported))
        case _:
            words = ("-r", str(manifest.file), *_selected(manifest, choices))
            yield _installed(environment, manifest.directory, *words)
    if choices.project:
        words = ("--no-deps", "--editable", str(manifest.directory))
        yield _installed(environment, manifest.directory, *words)


def own_command(choices: Choices, environment: Path, directory: Path) -> Iterator[Command]:
    """Yield what makes an environment and runs the user's own command in it."""
    made = new_environment(choices, environment, directory)
    yield Command(words=(*made.words, "--seed"), directory=directory)
    yield Command(words=("sh", "-euc", choices.command), directory=directory)


def new_environment(choices: Choices, environment: Path, directory: Path) -> Command:
    """Return the command that makes an empty environment."""
    words = ["uv", "venv", "--quiet", "--clear", str(environment)]
    words += ["--python", choices.python] if choices.python else []
    return Command(words=tuple(words), directory=directory)


def added(environment: Path, directory: Path, names: Sequence[str], constraints: Path) -> Command:
    """Return the command that adds packages and changes none that are there."""
    words = ("--constraints", str(constraints), *names)
    return _installed(environment, directory, *words)


def frozen(environment: Path, directory: Path, output: Path) -> Command:
    """Return the command that writes down what is installed."""
    words = ("uv", "pip", "freeze", "--exclude-editable", "--python", str(environment))
    return Command(words=words, directory=directory, output=output)


def _installed(environment: Path, directory: Path, *words: str) -> Command:
    start = ("uv", "pip", "install", "--python", str(environment))
    return Command(words=(*start, *words), directory=directory)


def _synced(manifest: Manifest, choices: Choices) -> Command:
    """Uv reads the environment's place from UV_PROJECT_ENVIRONMENT."""
    words = ["uv", "sync", "--frozen", "--inexact"]
    words += [] if choices.project else ["--no-install-project"]
    words += [] if _DEVELOPERS in choices.groups else ["--no-dev"]
    words += _selected(manifest, choices)
    words += ["--python", choices.python] if choices.python else []
    return Command(words=tuple(words), directory=manifest.directory)


def _selected(manifest: Manifest, choices: Choices) -> list[str]:
    """Name extras and groups where the kind of file has any."""
    if manifest.kind not in {Kind.UV, Kind.PYLOCK, Kind.METADATA}:
        return []
    words = [word for extra in choices.extras for word in ("--extra", extra)]
    return words + [word for group in choices.groups for word in ("--group", group)]


def _exported_by_poetry(manifest: Manifest, choices: Choices, output: Path) -> Command:
    words = ["uv", "--quiet", "tool", "run", "--with", "poetry-plugin-export"]
    words += ["poetry", "export", "--format", "requirements.txt"]
    words += [word for extra in choices.extras for word in ("--extras", extra)]
    words += [word for group in choices.groups for word in ("--with", group)]
    return Command(words=tuple(words), directory=manifest.directory, output=output)


def _exported_by_pipenv(manifest: Manifest, choices: Choices, output: Path) -> Command:
    words = ["uv", "--quiet", "tool", "run", "pipenv", "requirements", "--hash"]
    if choices.groups:
        words += ["--categories", " ".join(("packages", *choices.groups))]
    return Command(words=tuple(words), directory=manifest.directory, output=output)
