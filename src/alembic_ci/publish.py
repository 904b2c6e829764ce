"""Hand a finished report to files, to the CI host and to the terminal."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.files import write_outputs_env, write_text
from alembic_ci.ci.hosts import Host
from alembic_ci.errors import AlembicCIError
from alembic_ci.model import Report
from alembic_ci.render.json_report import json_report
from alembic_ci.render.markdown import summary
from alembic_ci.render.outputs import ReportPaths, outputs
from alembic_ci.render.remarks import errors, notices, warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a report goes; *start* is the folder that shown paths are relative to."""

    folder: Path
    start: Path

    def shown(self, name: str) -> str:
        """Return the path of a file in the folder as the user would type it."""
        return os.path.relpath(self.folder / name, self.start)


def publish(report: Report, places: Places, host: Host) -> AlembicCIError | None:
    """Write the files, the host's outputs, summary and annotations; return what went wrong.

    The host gets everything even when the files could not be written.
    """
    markdown = summary(report)
    paths = ReportPaths(report=places.shown("report.md"), report_json=places.shown("report.json"))
    values = outputs(report, paths=paths)
    failed = None
    try:
        write_text(places.folder / "report.md", markdown)
        write_text(places.folder / "report.json", json_report(report))
        write_outputs_env(places.folder / "outputs.env", values)
    except AlembicCIError as error:
        failed = error
    host.outputs(values)
    host.summary(markdown)
    host.annotate(list(_annotations(report)))
    return failed


def _annotations(report: Report) -> Iterator[Annotation]:
    levels = (
        (Level.ERROR, errors(report)),
        (Level.WARNING, warnings(report)),
        (Level.NOTICE, notices(report)),
    )
    for level, remarks in levels:
        for remark in remarks:
            yield Annotation(
                level=level,
                title=remark.title,
                message=remark.message,
                file=remark.file,
                line=remark.line,
            )
