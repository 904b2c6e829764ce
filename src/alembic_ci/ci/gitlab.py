"""GitLab CI: folded sections in the log; everything else is files that the job collects."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import TextIO

from alembic_ci.ci.annotations import Annotation
from alembic_ci.ci.foreign import harmless, heading

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class GitLab:
    """Section markers as in https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections."""

    stream: TextIO
    clock: Callable[[], float] = time.time
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def show(self, text: str, *, title: str = "") -> None:
        """Print the text, folded when it has a title."""
        self.stream.write(self._section(harmless(text), title) if title else harmless(text))
        self.stream.flush()

    def outputs(self, values: Mapping[str, str]) -> None:
        """Do nothing: the job collects ``outputs.env`` with ``artifacts:reports:dotenv``."""

    def summary(self, markdown: str) -> None:
        """Do nothing: a job page has no place for it, and ``report.md`` is an artifact."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Do nothing: GitLab reads remarks from report files only."""

    def _section(self, text: str, title: str) -> str:
        slug = _NOT_IN_A_NAME.sub("_", title).strip("_").lower()[:40]
        name = f"alembic_ci_{next(self._numbers)}_{slug}"
        now = int(self.clock())
        return (
            f"\x1b[0Ksection_start:{now}:{name}[collapsed=true]\r\x1b[0K{heading(title)}\n"
            f"{text}\x1b[0Ksection_end:{now}:{name}\r\x1b[0K\n"
        )
