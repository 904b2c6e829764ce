"""Files of the report folder that a host's job page may link to."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A file under a name for people; *path* is absolute."""

    label: str
    path: Path
