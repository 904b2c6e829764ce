"""No CI host at all, or one that needs nothing special: a terminal, ``docker run``, Jenkins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from alembic_ci.ci.annotations import Annotation
from alembic_ci.ci.foreign import harmless, heading
from alembic_ci.ci.links import Link


@dataclass(frozen=True, slots=True)
class Plain:
    """Only prints; outputs and summary are in the report folder in any case."""

    stream: TextIO

    def show(self, text: str, *, title: str = "") -> None:
        """Print the text below its title."""
        above = f"{heading(title)}\n" if title else ""
        self.stream.write(above + harmless(text))
        self.stream.flush()

    def outputs(self, values: Mapping[str, str]) -> None:
        """Do nothing: ``outputs.env`` has them."""

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Do nothing: ``outputs.env`` was written anew."""

    def summary(self, markdown: str) -> None:
        """Do nothing: ``report.md`` has it."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Do nothing: the text on the terminal names files and lines."""

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Do nothing: the text on the terminal names the files."""
