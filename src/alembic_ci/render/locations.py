"""Paths as code hosts want them: relative to the root of the repository, with slashes."""

import posixpath
from dataclasses import dataclass
from urllib.parse import quote

from alembic_ci.model import Report
from alembic_ci.render.findings import Finding
from alembic_ci.render.words import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A line of a file; *path* is relative to the repository, or absolute outside it."""

    path: str
    line: int

    @property
    def uri(self) -> str:
        """The path as a URI reference."""
        quoted = quote(self.path, safe="/", errors="replace")
        return f"file://{quoted}" if self.path.startswith("/") else quoted


def location(finding: Finding, report: Report, folder: str) -> Location:
    """Return where a finding is shown: its file, else the project's configuration file.

    *folder* is the working directory as seen from the root of the repository.
    """
    configuration = report.project.config if report.project else "alembic.ini"
    file = finding.file or configuration
    path = posixpath.normpath(posixpath.join(folder, file))
    return Location(path=path, line=max(1, finding.line or 1) if finding.file else 1)


def whereabouts(finding: Finding) -> str:
    """Name environment and databases: ``staging (tenant-a, tenant-b)``; empty for the whole run."""
    environment = one_line(finding.environment)
    labels = ", ".join(map(one_line, finding.databases))
    return f"{environment} ({labels})" if labels else environment
