"""Hand the report of a run to everybody who waits for it.

It brings all that reports are made with, and is imported while the worker is at work.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.ci.hosts import Host
from alembic_ci.ci.ownership import share_owner
from alembic_ci.ci.pull_requests import pull_request
from alembic_ci.model import Report
from alembic_ci.planning import plan_of
from alembic_ci.publish import Places, publish, publish_comment_url
from alembic_ci.render import html
from alembic_ci.render.style import coloured, plain
from alembic_ci.render.text import text
from alembic_ci.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where a report goes.

    *written* are the other folders of the checkout that Alembic's own commands write to.
    """

    settings: Settings
    variables: Mapping[str, str]
    places: Places
    host: Host
    colour: bool
    written: Iterable[Path]

    def deliver(self, report: Report) -> int:
        """Publish *report* and return the exit code."""
        report = publish(
            report, self.places, self.host, plan_of(report, self.places, self.variables)
        )
        if report.command != "alembic" or report.exit_code:
            self.host.show(text(report, style=coloured if self.colour else plain))
        if pull_request(self.variables):
            self._comment(report)
        share_owner([self.places.folder, *self.written])
        return report.exit_code

    def _comment(self, report: Report) -> None:
        # It brings the HTTP library, which takes a while and which most runs need not.
        from alembic_ci.commenting import Commenting  # noqa: PLC0415

        comments = Commenting(
            settings=self.settings,
            variables=self.variables,
            folder=self.places.folder,
            host=self.host,
        )
        if url := comments.keep_up_to_date(report):
            publish_comment_url(report, url, self.places, self.host)


def prepare() -> None:
    """Load the page's templates, too, which takes longer than to fill them."""
    html.prepare()
