"""What a command, an option and an output are made of."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of an option is read."""

    TEXT = "text"
    PATH = "path"
    LIST = "list"  # commas or lines
    MAPPING = "mapping"  # KEY=VALUE, one a line; the flag may be repeated
    SECONDS = "seconds"
    COUNT = "count"
    COUNT_OR_AUTO = "count or auto"
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: ``--name``, the action's input ``name`` and ``ALEMBIC_CI_<NAME>``.

    *default* is the text that stands for the setting when nobody gave one. *commands* are those it
    concerns, none meaning those of its topic. The README tells of *featured* ones only.
    """

    name: str
    help: str
    kind: Kind = Kind.TEXT
    default: str = ""
    metavar: str = ""
    commands: tuple[str, ...] = ()
    featured: bool = False

    @property
    def attribute(self) -> str:
        """The field of ``Settings`` that holds it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One sub-command, also a value of the action's ``command`` input.

    *only* names all its options; without, those that concern every command are its options too.
    """

    name: str
    help: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Options that belong together, under a title; *commands* are those they concern, none all."""

    title: str
    options: tuple[Option, ...]
    commands: tuple[str, ...] = ()

    def of(self, command: Command) -> tuple[Option, ...]:
        """Return the options that concern *command*."""
        if command.only:
            return tuple(option for option in self.options if option.name in command.only)
        return tuple(
            option
            for option in self.options
            if command.name in (option.commands or self.commands or (command.name,))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One job output; the same name on every CI host. The README tells of *featured* ones only."""

    name: str
    help: str
    featured: bool = False
