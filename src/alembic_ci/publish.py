"""Hand a finished report to files, to the CI host and to the terminal."""

import dataclasses
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.files import write_outputs_env, write_text
from alembic_ci.ci.hosts import Host
from alembic_ci.errors import AlembicCIError
from alembic_ci.model import Report
from alembic_ci.redaction import Redactor
from alembic_ci.render.json_report import json_report
from alembic_ci.render.markdown import summary
from alembic_ci.render.outputs import ReportPaths, outputs
from alembic_ci.render.remarks import errors, notices, warnings
from alembic_ci.steps.problems import problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a report goes; *start* is the folder that shown paths are relative to."""

    folder: Path
    start: Path

    def shown(self, name: str) -> str:
        """Return the path of a file in the folder as the user would type it."""
        return os.path.relpath(self.folder / name, self.start)


def publish(report: Report, places: Places, host: Host) -> Report:
    """Write the files, the host's outputs, summary and annotations; return the final report.

    A report that could not be written fails a run that had passed; the host gets it in any case.
    """
    try:
        _write(report, places)
    except AlembicCIError as error:
        report = _unwritten(report, error, places)
    host.outputs(_outputs(report, places))
    host.summary(summary(report))
    host.annotate(list(_annotations(report)))
    return report


def _write(report: Report, places: Places) -> None:
    write_text(places.folder / "report.md", summary(report))
    write_text(places.folder / "report.json", json_report(report))
    write_outputs_env(places.folder / "outputs.env", _outputs(report, places))


def _outputs(report: Report, places: Places) -> Mapping[str, str]:
    paths = ReportPaths(report=places.shown("report.md"), report_json=places.shown("report.json"))
    return outputs(report, paths=paths)


def _unwritten(report: Report, error: AlembicCIError, places: Places) -> Report:
    """Return *report* with *error* as its problem, unless the run had met that or worse before."""
    if report.problem:
        return report
    met = problem(error, redact=Redactor(()), start_directory=places.start)
    return dataclasses.replace(
        report, problem=met, exit_code=report.exit_code or int(error.exit_code)
    )


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
