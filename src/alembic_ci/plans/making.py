"""Make a plan out of the report of a run that rendered the SQL."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from alembic_ci.model import (
    DatabaseReport,
    Direction,
    EnvironmentReport,
    Report,
    SqlResult,
    State,
    StatusResult,
)
from alembic_ci.plans.document import Plan, PlannedDatabase, PlannedRevision, Versions


def planned(report: Report, *, start: Path, folder: Path, commit: str) -> Plan:
    """Return the plan; a database whose SQL could not be rendered is not in it.

    The report's paths are relative to *start*, those of the plan to *folder*.
    """
    project = report.project
    return Plan(
        created_at=report.started_at,
        commit=commit,
        versions=Versions(
            tool=report.tool_version,
            python=project.python if project else "",
            alembic=project.alembic if project else "",
            sqlalchemy=project.sqlalchemy if project else "",
        ),
        databases=tuple(_databases(report, start, folder)),
        folder=folder,
    )


def _databases(report: Report, start: Path, folder: Path) -> Iterator[PlannedDatabase]:
    for environment in report.environments:
        for database in environment.databases:
            sql = next((r for r in database.results() if isinstance(r, SqlResult)), None)
            if sql and database.status_after and database.state is State.PASSED:
                yield planned_database(
                    environment, database, sql, database.status_after, (start, folder)
                )


def planned_database(
    environment: EnvironmentReport,
    database: DatabaseReport,
    sql: SqlResult,
    status: StatusResult,
    places: tuple[Path, Path],
) -> PlannedDatabase:
    """Return what is planned for one database."""
    start, folder = places
    return PlannedDatabase(
        environment=environment.name,
        label=database.label,
        dialect=database.dialect,
        location=database.location,
        current=status.current,
        target=status.target,
        heads=status.heads,
        sql_path=os.path.relpath(start / sql.upgrade_path, folder),
        sql_sha256=digest(start / sql.upgrade_path),
        revisions=revisions(sql, start=start, folder=folder),
    )


def revisions(sql: SqlResult, *, start: Path, folder: Path) -> tuple[PlannedRevision, ...]:
    """Return the revisions of rendered SQL, with the digests of their files."""
    paths = {(item.revision, item.direction): start / item.path for item in sql.revisions}
    ups = [item.revision for item in sql.revisions if item.direction is Direction.UP]
    return tuple(
        PlannedRevision(
            revision=name,
            upgrade_path=_relative(paths.get((name, Direction.UP)), folder),
            upgrade_sha256=digest(paths.get((name, Direction.UP))),
            downgrade_path=_relative(paths.get((name, Direction.DOWN)), folder),
            downgrade_sha256=digest(paths.get((name, Direction.DOWN))),
        )
        for name in ups
    )


def digest(path: Path | None) -> str:
    """Return the SHA-256 of a file; empty where there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path and path.is_file() else ""


def _relative(path: Path | None, folder: Path) -> str:
    return os.path.relpath(path, folder) if path else ""
