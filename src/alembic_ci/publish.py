"""Hand a finished report to files, to the CI host and to the terminal."""

import contextlib
import dataclasses
import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.files import remove, write_outputs_env, write_text
from alembic_ci.ci.hosts import Host
from alembic_ci.ci.links import Link
from alembic_ci.errors import AlembicCIError
from alembic_ci.model import Report
from alembic_ci.redaction import Redactor
from alembic_ci.render.code_quality import code_quality
from alembic_ci.render.html import html_report
from alembic_ci.render.json_report import json_report
from alembic_ci.render.junit import junit
from alembic_ci.render.linked import linked
from alembic_ci.render.markdown import summary
from alembic_ci.render.outputs import ReportPaths, outputs
from alembic_ci.render.remarks import errors, notices, warnings
from alembic_ci.render.sarif import sarif
from alembic_ci.steps.problems import problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where a report goes; *start* is the folder that shown paths are relative to."""

    folder: Path
    start: Path

    def shown(self, name: str) -> str:
        """Return the path of a file in the folder as the user would type it."""
        return os.path.relpath(self.folder / name, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What one command leaves behind beside its report: files by name, and job outputs."""

    files: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)


NOTHING_MORE = Extra()


def publish(report: Report, places: Places, host: Host, more: Extra = NOTHING_MORE) -> Report:
    """Write the files, the host's outputs, summary and annotations; return the final report.

    A report that could not be written fails a run that had passed; the host gets it in any case.
    """
    try:
        brief, values = _write(report, places, more)
    except AlembicCIError as error:
        report = _unwritten(report, error, places)
        brief = summary(report)
        values = {**outputs(report, paths=_paths(places, ())), **more.outputs}
    host.outputs(values)
    host.summary(brief)
    host.annotate(list(_annotations(report)))
    host.links(list(_links(report, places)), places.folder)
    return report


def publish_comment_url(report: Report, url: str, places: Places, host: Host) -> None:
    """Tell the comment's URL, which was not known when the other outputs were."""
    host.more_outputs({"comment-url": url})
    with contextlib.suppress(AlembicCIError, OSError):  # no file could be written before, either
        written = [path.name for path in places.folder.iterdir()]
        values = {**outputs(report, paths=_paths(places, written)), "comment-url": url}
        write_outputs_env(places.folder / "outputs.env", values)


def _write(report: Report, places: Places, more: Extra) -> tuple[str, Mapping[str, str]]:
    """Write what there is to write, and return the summary and the outputs.

    A file of an earlier run is not taken for one of this.
    """
    folder = repository_folder(places.start)
    texts = {
        "report.md": summary(report),
        "report.json": json_report(report),
        "report.html": html_report(report),
        "junit.xml": junit(report),
        "findings.sarif": sarif(report, folder),
        "gl-code-quality.json": code_quality(report, folder),
        **more.files,
    }
    _replace(texts, places.folder)
    paths = _paths(places, [name for name, text in texts.items() if text])
    values = {**outputs(report, paths=paths), **more.outputs}
    write_outputs_env(places.folder / "outputs.env", values)
    return texts["report.md"], values


def _replace(texts: Mapping[str, str], folder: Path) -> None:
    """Write each text; where there is none, remove what an earlier run has left."""
    for name, text in texts.items():
        if text:
            write_text(folder / name, text)
        else:
            remove(folder / name)


def _paths(places: Places, written: Collection[str]) -> ReportPaths:
    """Name the files; the two that every run has are named even where they could not be written."""
    optional = {name: places.shown(name) for name in written}
    return ReportPaths(
        report=places.shown("report.md"),
        report_json=places.shown("report.json"),
        html=optional.get("report.html", ""),
        sarif=optional.get("findings.sarif", ""),
        junit=optional.get("junit.xml", ""),
        code_quality=optional.get("gl-code-quality.json", ""),
    )


def repository_folder(start: Path) -> str:
    """Return *start* as seen from the root of its git repository; empty where that is itself."""
    for parent in (start, *start.parents):
        if (parent / ".git").exists():
            return "" if parent == start else start.relative_to(parent).as_posix()
    return ""


def _unwritten(report: Report, error: AlembicCIError, places: Places) -> Report:
    """Return *report* with *error* as its problem, unless the run had met that or worse before."""
    if report.problem:
        return report
    met = problem(error, redact=Redactor(()), start_directory=places.start)
    return dataclasses.replace(
        report, problem=met, exit_code=report.exit_code or int(error.exit_code)
    )


def _links(report: Report, places: Places) -> Iterator[Link]:
    for label, path in linked(report):
        yield Link(label=label, path=places.start / path)
    for name in ("report.html", "report.md"):
        if (places.folder / name).exists():
            yield Link(label=f"Report ({name})", path=places.folder / name)


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
