"""GitHub Actions: workflow commands on a stream, and the files the runner reads after the step.

Grammar and limits are those of the runner's FileCommandManager.cs and ActionCommand.cs.
"""

import logging
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.cutting import cut_markdown
from alembic_ci.ci.foreign import harmless, heading
from alembic_ci.ci.links import Link
from alembic_ci.ci.runner_files import RunnerFiles

_log = logging.getLogger(__name__)

# The runner drops the outputs of a job beyond 1 MB of UTF-16; other steps want some of it too.
_OUTPUTS_BYTES = 400_000
_FIRST_TO_GO = "sql"
# A larger summary is dropped as a whole.
_SUMMARY_BYTES = 1_048_576
_ANNOTATIONS_PER_LEVEL = 10
_MESSAGE_CHARACTERS = 4_096
# The runner drops a job output that holds a masked word, so a password like these must stay bare.
_TOO_COMMON = frozenset({"postgres", "password", "passwd", "secret", "mariadb", "alembic"})
_SHORTEST_SECRET = 6


def _token() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class GitHub:
    """The runner of one step; *variables* name its command files.

    Make it before any foreign code runs, because *files* remembers what they hold.
    """

    stream: TextIO
    variables: Mapping[str, str]
    files: RunnerFiles
    token: Callable[[], str] = _token

    def mask(self, secrets: Iterable[str]) -> None:
        """Have the runner hide these words from here on, in every step of the job."""
        for secret in dict.fromkeys(secrets):
            if len(secret) >= _SHORTEST_SECRET and secret.lower() not in _TOO_COMMON:
                self._command(f"::add-mask::{_data(secret)}")

    def show(self, text: str, *, title: str = "") -> None:
        """Print the text where the runner takes no command from it."""
        token = self.token()
        lines = [f"::stop-commands::{token}", harmless(text).removesuffix("\n"), f"::{token}::"]
        if title:
            lines = [f"::group::{_data(heading(title))}", *lines, "::endgroup::"]
        self._command("\n".join(lines))

    def outputs(self, values: Mapping[str, str]) -> None:
        """Append the values to the step's outputs, leaving out what is too much.

        Comes first of all that is published: nothing that others have written stays.
        """
        for name in self.files.restore():
            _log.warning("env.py or a revision wrote to %s; its words were taken out.", name)
        self.more_outputs(values)

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Append the values as they are; of several with one name the last one counts."""
        records = (self._record(name, value) for name, value in _within_limit(values).items())
        self._append("GITHUB_OUTPUT", "".join(records))

    def summary(self, markdown: str) -> None:
        """Append the document to the step's summary, cut to what is left of the limit."""
        room = _SUMMARY_BYTES - _size(self.variables.get("GITHUB_STEP_SUMMARY", ""))
        whole = markdown.rstrip("\n") + "\n"
        shown = cut_markdown(whole, room - 1)
        if shown != whole:
            _log.warning("The step's summary is full; what did not fit is in report.md.")
        if shown:
            self._append("GITHUB_STEP_SUMMARY", shown)

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Print as many as the runner keeps; the last one then counts the rest."""
        for level in Level:
            chosen = [item for item in annotations if item.level is level]
            for item in _few(chosen):
                self._command(_annotation(item))

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Do nothing: files reach the page only through a step that uploads them."""

    def _record(self, name: str, value: str) -> str:
        delimiter = f"ghadelimiter_{self.token()}"
        if delimiter in name or delimiter in value:
            _log.warning("The output %s holds its own delimiter and was left out.", name)
            return ""
        return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"

    def _append(self, variable: str, text: str) -> None:
        path = self.variables.get(variable, "")
        if not path:
            _log.warning("%s is not set, so GitHub gets nothing from it.", variable)
            return
        try:
            start = "" if _ends_a_line(Path(path)) else "\n"
            with Path(path).open(
                "a", encoding="utf-8", errors="backslashreplace", newline="\n"
            ) as f:
                f.write(start + text)
        except OSError as error:
            _log.warning("%s cannot be written: %s.", variable, error.strerror or error)

    def _command(self, text: str) -> None:
        self.stream.write(f"{text}\n")
        self.stream.flush()


def _few(annotations: Sequence[Annotation]) -> Sequence[Annotation]:
    rest = len(annotations) - _ANNOTATIONS_PER_LEVEL + 1
    if rest <= 1:
        return annotations
    last = Annotation(level=annotations[0].level, message=f"{rest} more; the summary has them all.")
    return [*annotations[: _ANNOTATIONS_PER_LEVEL - 1], last]


def _annotation(item: Annotation) -> str:
    named = {"file": item.file, "line": item.line if item.file else None, "title": item.title}
    properties = ",".join(f"{k}={_property(str(v))}" for k, v in named.items() if v)
    command = f"{item.level} {properties}".rstrip()
    message = harmless(item.message).removesuffix("\n")[:_MESSAGE_CHARACTERS]
    return f"::{command}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(heading(text)).replace(":", "%3A").replace(",", "%2C")


def _within_limit(values: Mapping[str, str]) -> dict[str, str]:
    """Drop the script first, then the longest, until the rest is small enough."""
    kept = dict(values)
    while sum(_utf16(name) + _utf16(value) for name, value in kept.items()) > _OUTPUTS_BYTES:
        longest = max(kept, key=lambda name: _utf16(kept[name]))
        name = _FIRST_TO_GO if _FIRST_TO_GO in kept else longest
        del kept[name]
        _log.warning("The output %s is too large for GitHub and was left out.", name)
    return kept


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass"))


def _size(path: str) -> int:
    """Return how many bytes a file holds; one that is not there yet holds none."""
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _ends_a_line(path: Path) -> bool:
    """Tell whether something appended to the file begins on a line of its own."""
    if not path.exists() or path.stat().st_size == 0:
        return True
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read() == b"\n"
