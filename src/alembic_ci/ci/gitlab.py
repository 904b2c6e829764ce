"""GitLab CI: folded sections in the log; everything else is files that the job collects."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TextIO
from urllib.parse import quote

from alembic_ci.ci.annotations import Annotation
from alembic_ci.ci.files import remove, write_text
from alembic_ci.ci.foreign import harmless, heading
from alembic_ci.ci.links import Link
from alembic_ci.errors import AlembicCIError

ANNOTATIONS = "gl-annotations.json"
"""The file for https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsannotations."""

_LINKS = 100
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class GitLab:
    """Section markers as in https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections."""

    stream: TextIO
    variables: Mapping[str, str]
    clock: Callable[[], float] = time.time
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def show(self, text: str, *, title: str = "") -> None:
        """Print the text, folded when it has a title."""
        self.stream.write(self._section(harmless(text), title) if title else harmless(text))
        self.stream.flush()

    def outputs(self, values: Mapping[str, str]) -> None:
        """Do nothing: the job collects ``outputs.env`` with ``artifacts:reports:dotenv``."""

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Do nothing: ``outputs.env`` was written anew."""

    def summary(self, markdown: str) -> None:
        """Do nothing: a job page has no place for it, and ``report.md`` is an artifact."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Do nothing: GitLab reads remarks from report files only."""

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Write the report that puts links on the job's page; the files must be its artifacts."""
        page, root = self.variables.get("CI_JOB_URL"), self.variables.get("CI_PROJECT_DIR")
        shown = [
            {"external_link": {"label": link.label, "url": _artifact(page, link.path, Path(root))}}
            for link in links
            if page and root and link.path.is_relative_to(root)
        ]
        with contextlib.suppress(AlembicCIError):  # no report could be written, and that was said
            if shown:
                write_text(folder / ANNOTATIONS, json.dumps({"alembic-ci": shown[:_LINKS]}) + "\n")
            else:
                remove(folder / ANNOTATIONS)

    def _section(self, text: str, title: str) -> str:
        slug = _NOT_IN_A_NAME.sub("_", title).strip("_").lower()[:40]
        name = f"alembic_ci_{next(self._numbers)}_{slug}"
        now = int(self.clock())
        return (
            f"\x1b[0Ksection_start:{now}:{name}[collapsed=true]\r\x1b[0K{heading(title)}\n"
            f"{text}\x1b[0Ksection_end:{now}:{name}\r\x1b[0K\n"
        )


def _artifact(page: str, path: Path, root: Path) -> str:
    """Return where GitLab shows a file among the artifacts of a job."""
    return f"{page}/artifacts/file/{quote(path.relative_to(root).as_posix())}"
