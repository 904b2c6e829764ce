"""The summary on the CI host's page, and the comment on the pull request."""

from collections.abc import Iterator, Sequence

from alembic_ci.model import Report
from alembic_ci.render.escape import code, html, prose
from alembic_ci.render.fit import Section, fitted
from alembic_ci.render.headline import Markup, headline, verdict
from alembic_ci.render.incidents import incident_section
from alembic_ci.render.markdown_failures import failure_section, note_section
from alembic_ci.render.markdown_plan import plan_sections
from alembic_ci.render.markdown_rollback import rollback_sections
from alembic_ci.render.markdown_scripts import script_section
from alembic_ci.render.markdown_statements import statement_sections
from alembic_ci.render.markdown_tables import database_section
from alembic_ci.render.markdown_texts import history_section, output_section, sql_section
from alembic_ci.render.rows import Row, rows
from alembic_ci.render.words import seconds

MARKDOWN = Markup(code=code, prose=prose)


def summary(report: Report, limit: int = 900_000) -> str:
    """Return the report as Markdown within *limit* bytes, hence characters too.

    The verdict comes first and the SQL last, because what does not fit is left out from the end.
    GitHub drops a step summary of more than 1,048,576 bytes as a whole.
    """
    found = rows(report)
    sections = (
        *_before_the_proofs(report, found),
        *rollback_sections(report, found),
        *output_section(found),
        *script_section(found),
        *sql_section(found),
    )
    return fitted(_opening(report), sections, limit=limit)


def comment(report: Report, limit: int = 65_536) -> str:
    """Return what a pull request's comment holds: the same, with everything long folded.

    GitHub refuses a body of more than 65,536 characters; whoever adds to it asks for less.
    """
    found = rows(report)
    sections = (
        *_before_the_proofs(report, found),
        *rollback_sections(report, found, unfolded=0),
        *script_section(found),
        *sql_section(found),
    )
    return fitted(_opening(report), sections, limit=limit)


def _before_the_proofs(report: Report, found: Sequence[Row]) -> Iterator[Section]:
    yield database_section(found)
    yield from failure_section(report)
    yield from note_section(report)
    yield from incident_section(found)
    yield from plan_sections(found)
    yield from statement_sections(found)
    yield from history_section(report)


def _opening(report: Report) -> str:
    return f"**{verdict(report)}**: {headline(report, MARKDOWN)}\n\n{_circumstances(report)}\n"


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
