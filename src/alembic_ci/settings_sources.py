"""Where settings come from: flags, process variables and ``pyproject.toml``."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from alembic_ci.environment_names import canonical_name
from alembic_ci.errors import SettingsError
from alembic_ci.interface import OPTIONS

# One value for the whole run.
_SHARED = {"environments", "working-directory", "report-dir", "comment", "comment-key"}
_SHARED |= {"shard", "resume-from", "plan"}
# Not for a file, which is found by the one and belongs to the code that the other is about.
_NOT_IN_FILE = {"working-directory", "allow-fork-code"}
_NAMES = {option.name for option in OPTIONS}

Flags = Mapping[str, str | Sequence[str] | bool | None]
Table = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What one source says of one option; *source* names it for error messages."""

    texts: tuple[str, ...]
    source: str


Layer = Mapping[str, Given]  # by the option's name


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSettings:
    """What ``[tool.alembic-ci]`` says; *protected* is the true or false of an environment."""

    everywhere: Layer
    environments: Mapping[str, Layer]
    protected: Mapping[str, bool]


def given_by_flags(flags: Flags) -> Layer:
    """Read the command line; ``None``, ``False`` and empty values are flags nobody gave."""
    layer = {}
    for option in OPTIONS:
        value = flags.get(option.name, flags.get(option.attribute))
        if not value:
            continue
        texts = ("true",) if value is True else (value,) if isinstance(value, str) else value
        layer[option.name] = Given(texts=tuple(texts), source=f"--{option.name}")
    return layer


def given_by_variables(variables: Mapping[str, str]) -> Layer:
    """Read action inputs and ``ALEMBIC_CI_`` variables; empty ones are unset.

    GitHub keeps the dashes of an input's name; shells and other hosts cannot.
    """
    layer = {}
    for option in OPTIONS:
        dashed, plain = option.name.upper(), option.attribute.upper()
        for variable in (f"INPUT_{dashed}", f"INPUT_{plain}", f"ALEMBIC_CI_{plain}"):
            if text := variables.get(variable, "").strip():
                layer[option.name] = Given(texts=(text,), source=variable)
                break
    return layer


def given_by_file(file: Path) -> FileSettings:
    """Read ``[tool.alembic-ci]``; a file or table that does not exist says nothing."""
    table = dict(_tool_table(file))
    environments: dict[str, Layer] = {}
    protected: dict[str, bool] = {}
    if isinstance(table.get("environments"), dict):
        for key, value in _table(table.pop("environments"), file.name).items():
            where = f"[tool.alembic-ci.environments.{key}] of {file}"
            name, values = _environment(key, where), dict(_table(value, where))
            if "protected" in values:
                protected[name] = _truth(values.pop("protected"), where)
            environments[name] = dict(_given(values, where, _NAMES - _SHARED - _NOT_IN_FILE))
    top = dict(_given(table, f"[tool.alembic-ci] of {file}", _NAMES - _NOT_IN_FILE))
    return FileSettings(everywhere=top, environments=environments, protected=protected)


def _tool_table(file: Path) -> Table:
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(
            f"{file} cannot be read: {error}.",
            remedy="Correct the file; only its table [tool.alembic-ci] is of interest here.",
        ) from error
    tool = _table(document.get("tool", {}), f"tool in {file}")
    return _table(tool.get("alembic-ci", {}), f"tool.alembic-ci in {file}")


def _table(value: object, where: str) -> Table:
    if isinstance(value, dict):
        return value
    raise SettingsError(f"{where} is not a table.", remedy="Write it as a TOML table.")


def _environment(key: str, where: str) -> str:
    try:
        return canonical_name(key)
    except ValueError as error:
        raise SettingsError(
            f"{where} is not named like an environment.",
            remedy="Use letters, digits, dashes and underscores.",
        ) from error


def _truth(value: object, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise SettingsError(
        f"protected in {where} is neither true nor false.",
        remedy="Write protected = true. A list of names belongs into [tool.alembic-ci].",
    )


def _given(table: Table, where: str, allowed: AbstractSet[str]) -> Iterator[tuple[str, Given]]:
    for key, value in table.items():
        name = key.replace("_", "-")
        if name not in allowed:
            close = get_close_matches(name, allowed, n=1)
            raise SettingsError(
                f"{where} has an unknown key: {key}.",
                remedy=f"Did you mean {close[0]}?"
                if close
                else f"The keys are {', '.join(sorted(allowed))}.",
            )
        source = f"{key} in {where}"
        yield name, Given(texts=tuple(_texts(value, source)), source=source)


def _texts(value: object, source: str) -> Iterator[str]:
    match value:
        case bool():
            yield str(value).lower()
        case str() | int() | float():
            yield str(value)
        case list():
            for item in value:
                yield from _texts(item, source)
        case dict():
            for key, item in value.items():
                yield from (f"{key}={text}" for text in _texts(item, source))
        case _:
            raise SettingsError(
                f"{source} has a value of a kind that no setting has.",
                remedy="Use a string, a number, true or false, or a list of strings.",
            )
