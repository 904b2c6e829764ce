"""Show how far the work is: a line for each revision, or a live bar where somebody watches."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from alembic_ci.ci.foreign import harmless
from alembic_ci.redaction import Redactor
from alembic_ci.steps.context import Silence

_BAR_WIDTH = 24
_ERASED = "\r\x1b[K"


@dataclass(slots=True)
class Lines:
    """One line for each thing done, for logs. *verbose* lets foreign output through."""

    stream: TextIO
    redact: Redactor
    verbose: bool = False
    _total: int = field(default=0, init=False)
    _done: int = field(default=0, init=False)

    def begin(self, title: str, total: int) -> None:
        """Announce the work."""
        self._total, self._done = total, 0
        self._say(f"{title}: {total} to do" if total else f"{title}: nothing to do")

    def advance(self, text: str) -> None:
        """Count one more."""
        self._done += 1
        self._say(f"  [{self._done}/{self._total}] {text}")

    def note(self, text: str) -> None:
        """Say it."""
        self._say(text)

    def foreign(self, line: str) -> None:
        """Show a line of env.py behind a bar, so that no CI host takes it for a command."""
        if self.verbose:
            self._say("    | " + line.replace("##[", "##\\["))

    def finish(self) -> None:
        """Leave nothing open."""

    def _say(self, text: str) -> None:
        self.stream.write(harmless(self.redact(text)))
        self.stream.flush()


@dataclass(slots=True)
class Bar:
    """A live bar on the last line of a terminal, gone when the work is done."""

    lines: Lines
    _title: str = field(default="", init=False)
    _total: int = field(default=0, init=False)
    _done: int = field(default=0, init=False)
    _shown: str = field(default="", init=False)

    def begin(self, title: str, total: int) -> None:
        """Start a new bar."""
        self._title, self._total, self._done = title, total, 0
        self._draw("")

    def advance(self, text: str) -> None:
        """Let it grow."""
        self._done += 1
        self._draw(text if self._done < self._total else "")
        if self._done == self._total:
            self.finish()

    def note(self, text: str) -> None:
        """Say it above the bar."""
        self._write(_ERASED)
        self.lines.note(text)
        self._write(self._shown)

    def foreign(self, line: str) -> None:
        """Show it above the bar."""
        if self.lines.verbose:
            self._write(_ERASED)
            self.lines.foreign(line)
            self._write(self._shown)

    def finish(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._shown = ""
            self._write(_ERASED)

    def _draw(self, text: str) -> None:
        if not self._total:
            return
        filled = _BAR_WIDTH * self._done // self._total
        bar = "█" * filled + "·" * (_BAR_WIDTH - filled)
        line = self.lines.redact(f"{self._title} {bar} {self._done}/{self._total}  {text}")
        width = shutil.get_terminal_size().columns - 1
        self._shown = f"{_ERASED}{harmless(line).rstrip()[:width]}"
        self._write(self._shown)

    def _write(self, text: str) -> None:
        self.lines.stream.write(text)
        self.lines.stream.flush()


@dataclass(slots=True)
class Passing(Silence):
    """Foreign output as it comes, and of our own only notes: for ``alembic -- ARGS``."""

    stream: TextIO
    lines: Lines

    def note(self, text: str) -> None:
        """Say it elsewhere."""
        self.lines.note(text)

    def foreign(self, line: str) -> None:
        """Pass it on."""
        self.stream.write(harmless(self.lines.redact(line)))
        self.stream.flush()


@dataclass(slots=True)
class Held(Silence):
    """Foreign output kept back until the end, then shown at once by *show*.

    For hosts that take commands from a job's output: *show* puts the text where they take none.
    """

    show: Callable[[str], None]
    lines: Lines
    _kept: list[str] = field(default_factory=list, init=False)

    def note(self, text: str) -> None:
        """Say it at once."""
        self.lines.note(text)

    def foreign(self, line: str) -> None:
        """Keep it."""
        self._kept.append(self.lines.redact(line))

    def finish(self) -> None:
        """Show what was kept."""
        kept, self._kept = self._kept, []
        if kept:
            self.show("\n".join(kept))
