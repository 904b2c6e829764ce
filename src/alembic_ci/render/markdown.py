"""The summary on the CI host's page."""

from alembic_ci.model import Report
from alembic_ci.render.escape import code, html, prose
from alembic_ci.render.fit import Section, fitted
from alembic_ci.render.headline import Markup, headline, verdict
from alembic_ci.render.markdown_failures import failure_section, note_section
from alembic_ci.render.markdown_plan import plan_sections
from alembic_ci.render.markdown_rollback import rollback_sections
from alembic_ci.render.markdown_tables import database_section
from alembic_ci.render.markdown_texts import output_section, sql_section
from alembic_ci.render.rows import rows
from alembic_ci.render.words import seconds

MARKDOWN = Markup(code=code, prose=prose)


def summary(report: Report, limit: int = 900_000) -> str:
    """Return the report as Markdown within *limit* bytes, hence characters too.

    The verdict comes first and the SQL last, because what does not fit is left out from the end.
    GitHub drops a step summary of more than 1,048,576 bytes as a whole.
    """
    found = rows(report)
    sections: tuple[Section, ...] = (
        database_section(found),
        *failure_section(report),
        *note_section(report),
        *plan_sections(found),
        *rollback_sections(report, found),
        *output_section(found),
        *sql_section(found),
    )
    opening = f"**{verdict(report)}**: {headline(report, MARKDOWN)}\n\n{_circumstances(report)}\n"
    return fitted(opening, sections, limit=limit)


def _circumstances(report: Report) -> str:
    said = [f"alembic-ci {html(report.tool_version)}", code(report.command)]
    if report.project:
        project = report.project
        said.append(code(project.config))
        versions = (("Alembic", project.alembic), ("SQLAlchemy", project.sqlalchemy))
        said += [f"{name} {html(version)}" for name, version in versions if version]
        said += [f"Python {html(project.python)}"] if project.python else []
    said.append(seconds(report.duration))
    return f"<sub>{' · '.join(said)}</sub>"
