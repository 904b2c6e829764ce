"""Text that nobody vouches for, made fit for a log."""

import re

# What a log viewer would obey: control characters except tab, line feed and the colours of our
# own text. GitLab's section markers are made with a lone carriage return.
_OBEYED = re.compile(r"(\x1b\[[0-9;]*m)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """Spell out control characters other than colours; end with a line feed."""
    shown = _OBEYED.sub(_spelled, text.replace("\r\n", "\n"))
    return shown if shown.endswith("\n") else f"{shown}\n"


def heading(text: str) -> str:
    """Put a title on one line without anything that acts."""
    return " ".join(harmless(text).split())


def _spelled(match: re.Match[str]) -> str:
    return match.group(1) or f"\\x{ord(match.group()):02x}"
