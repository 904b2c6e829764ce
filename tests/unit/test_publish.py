from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from alembic_ci.ci.annotations import Annotation, Level
from alembic_ci.model import Report
from alembic_ci.publish import Places, publish
from reports import data_loss, data_loss_refused, unfilled, unrendered


@dataclass
class Remembering:
    """A host that keeps what it was asked to put beside the code."""

    annotations: list[Annotation] = field(default_factory=list)

    def show(self, text: str, *, title: str = "") -> None:
        """Show nothing."""

    def outputs(self, values: Mapping[str, str]) -> None:
        """Keep no value."""

    def summary(self, markdown: str) -> None:
        """Keep no document."""

    def annotate(self, annotations: Sequence[Annotation]) -> None:
        """Keep the remarks."""
        self.annotations.extend(annotations)


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
