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
    FLAG = "flag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: ``--name``, the action's input ``name`` and ``ALEMBIC_CI_<NAME>``.

    *default* is the text that stands for the setting when nobody gave one.
    """

    name: str
    help: str
    kind: Kind = Kind.TEXT
    default: str = ""
    metavar: str = ""

    @property
    def attribute(self) -> str:
        """The field of ``Settings`` that holds it."""
        return self.name.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One sub-command, also a value of the action's ``command`` input."""

    name: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One job output; the same name on every CI host."""

    name: str
    help: str
