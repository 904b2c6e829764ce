"""The report as one HTML file that needs nothing else: no network, no other file."""

from alembic_ci.render.html.document import html_report, prepare

__all__ = ["html_report", "prepare"]
