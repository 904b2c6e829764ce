from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.ci.links import Link
from alembic_ci.model import Report
from alembic_ci.publish import Places, publish
from reports import data_loss, data_loss_refused, residue, unfilled, unreachable, unrendered


@dataclass
class Remembering:
    """A host that keeps what it was given."""

    annotations: list[Annotation] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def show(self, text: str, *, title: str = "") -> None:
        """Show nothing."""

    def outputs(self, values: Mapping[str, str]) -> None:
        """Keep the values."""
        self.values.update(values)

    def more_outputs(self, values: Mapping[str, str]) -> None:
        """Keep no value."""

    def summary(self, markdown: str) -> None:
        """Keep no document."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Keep the remarks."""
        self.annotations.extend(annotations)

    def links(self, links: Sequence[Link], folder: Path) -> None:
        """Keep no link."""


@pytest.mark.parametrize(
    ("report", "levels"),
    [
        (data_loss(), [Level.WARNING, Level.WARNING]),
        (data_loss_refused(), [Level.ERROR, Level.ERROR]),
        (unfilled(), [Level.WARNING]),
        (unrendered(), [Level.NOTICE]),
    ],
)
def test_remarks_are_as_loud_as_they_matter(
    report: Report, levels: list[Level], tmp_path: Path
) -> None:
    host = Remembering()

    published = publish(report, Places(folder=tmp_path, start=tmp_path), host)

    assert published == report
    assert [item.level for item in host.annotations] == levels


PATHS = {
    "report-path": "report.md",
    "report-json-path": "report.json",
    "sarif-path": "findings.sarif",
    "junit-path": "junit.xml",
    "code-quality-path": "gl-code-quality.json",
}


def published(report: Report, folder: Path) -> dict[str, str]:
    """The outputs after writing *report* to a folder ``out`` of the working directory."""
    host = Remembering()
    publish(report, Places(folder=folder / "out", start=folder), host)
    return host.values


def test_every_file_that_an_output_names_is_there(tmp_path: Path) -> None:
    told = published(residue(), tmp_path)

    assert {name: told[name] for name in PATHS} == {k: f"out/{v}" for k, v in PATHS.items()}
    assert all((tmp_path / told[name]).stat().st_size for name in PATHS)
    assert "ALEMBIC_CI_FINDING_COUNT=4" in (tmp_path / "out/outputs.env").read_text()


def test_a_file_of_an_earlier_run_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    published(residue(), tmp_path)

    told = published(unreachable(), tmp_path)

    assert told["sarif-path"] == told["code-quality-path"] == ""
    assert not (tmp_path / "out/findings.sarif").exists()
    assert not (tmp_path / "out/gl-code-quality.json").exists()
    assert told["junit-path"] == "out/junit.xml"


def test_paths_of_findings_start_at_the_root_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()

    published(residue(), tmp_path / "services" / "shop")

    (written,) = tmp_path.rglob("findings.sarif")
    assert '"uri": "services/shop/migrations/versions/b2d1_add_email.py"' in written.read_text()


def test_a_folder_that_cannot_be_written_leaves_no_path_of_a_file_behind(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("in the way")

    told = published(residue(), tmp_path)

    assert told["status"] == "failed"
    assert told["sarif-path"] == told["junit-path"] == told["report-html-path"] == ""
