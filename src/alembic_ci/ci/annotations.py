"""Remarks that a host may show beside the code."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How loud a remark is."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A remark, at a line of a file if one is named.

    *file* is relative to the directory the tool was started in, the checkout's root as a rule.
    """

    level: Level
    message: str
    title: str = ""
    file: str | None = None
    line: int | None = None
