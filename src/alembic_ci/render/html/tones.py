"""How things are coloured; the words beside them say the same."""

from enum import StrEnum


class Tone(StrEnum):
    """A colour of the page by what it means."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    QUIET = "quiet"
