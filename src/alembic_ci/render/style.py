"""Colour for the terminal, for those who ask."""

from collections.abc import Callable
from enum import StrEnum

import click


class Role(StrEnum):
    """What a piece of text is."""

    TITLE = "title"
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WARNING = "warning"
    LABEL = "label"


Style = Callable[[str, Role], str]


def plain(text: str, _role: Role) -> str:
    """Leave the text as it is."""
    return text


def coloured(text: str, role: Role) -> str:
    """Colour the text with escape sequences."""
    match role:
        case Role.TITLE:
            return click.style(text, bold=True)
        case Role.PASSED:
            return click.style(text, fg="green")
        case Role.FAILED:
            return click.style(text, fg="red", bold=True)
        case Role.SKIPPED | Role.WARNING:
            return click.style(text, fg="yellow")
        case Role.LABEL:
            return click.style(text, dim=True)
