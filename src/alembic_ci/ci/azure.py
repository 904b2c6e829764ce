"""Azure DevOps: logging commands on a stream.

See https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands; the escapes are
those of the agent's own library.
"""

import re
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.files import write_text
from alembic_ci.ci.foreign import harmless, heading
from alembic_ci.ci.links import Link
from alembic_ci.errors import AlembicCIError

# The agent takes a command wherever one stands in a line.
_COMMAND = re.compile(r"##(?=\[|vso\[)", re.IGNORECASE)
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning"}
# A later step gets every variable of the job as one of its process.
_VALUE_CHARACTERS = 30_000


@dataclass(frozen=True, slots=True)
class Azure:
    """The agent of one job; *variables* name the folder that it shares with a container."""

    stream: TextIO
    variables: Mapping[str, str]

    def mask(self, secrets: Iterable[str]) -> None:
        """Have the agent hide these words from here on."""
        for secret in dict.fromkeys(secrets):
            self._command("task.setsecret", {}, secret)

    def show(self, text: str, *, title: str = "") -> None:
        """Print the text where the agent takes no command from it."""
        shown = _COMMAND.sub("## ", harmless(text))
        if title:
            name = _COMMAND.sub("## ", heading(title))
            shown = f"##[group]{name}\n{shown}##[endgroup]\n"
        self.stream.write(shown)
        self.stream.flush()

    def outputs(self, values: Mapping[str, str]) -> None:
        """Set output variables of the step, which needs a name for others to read them."""
        for name, value in values.items():
            if len(value) <= _VALUE_CHARACTERS:
                named = {"variable": name, "isOutput": "true"}
                self._command("task.setvariable", named, value)

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Set further ones."""
        self.outputs(values)

    def summary(self, markdown: str) -> None:
        """Put the document on the run's page; it must lie where the agent sees it, too."""
        folder = Path(self.variables.get("AGENT_TEMPDIRECTORY", ""))
        if not folder.is_absolute() or not folder.is_dir():
            return
        path = folder.resolve() / f"alembic-ci-{uuid.uuid4().hex}.md"
        try:
            write_text(path, markdown)
        except AlembicCIError:
            return
        self._command("task.uploadsummary", {}, str(path))

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """List errors and warnings on the run's page."""
        for item in annotations:
            if item.level not in _LEVELS:
                continue
            place = {"sourcepath": item.file, "linenumber": item.line} if item.file else {}
            properties = {"type": _LEVELS[item.level], **place}
            title = f"{heading(item.title)}: " if item.title else ""
            named = {name: str(value) for name, value in properties.items() if value}
            message = title + harmless(item.message).removesuffix("\n")
            self._command("task.logissue", named, message)

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Do nothing: a run's page has no links to files."""

    def _command(self, name: str, properties: Mapping[str, str], text: str) -> None:
        named = "".join(f"{key}={_property(value)};" for key, value in properties.items())
        head = f"{name} {named}".rstrip()
        self.stream.write(f"##vso[{head}]{_data(text)}\n")
        self.stream.flush()


def _data(text: str) -> str:
    return text.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(";", "%3B").replace("]", "%5D")
