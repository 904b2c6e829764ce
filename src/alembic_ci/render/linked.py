"""The files of a report that a reviewer may want to open."""

from collections.abc import Iterator

from alembic_ci.model import Report
from alembic_ci.render.rows import rows


def linked(report: Report) -> Iterator[tuple[str, str]]:
    """Yield a name for people and the path of each script, relative to the working directory."""
    for row in rows(report):
        if row.sql:
            yield f"SQL for {row.name}", row.sql.upgrade_path
            yield f"SQL back, for {row.name}", row.sql.downgrade_path
