"""Projects with many databases, called the way a CI job calls them."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic_ci.urls import DatabaseURL
from cli import Run, alembic_ci
from jobs import Finished

_INI = "[alembic]\nscript_location = %(here)s/migrations\n"

# It takes its URL from a variable, and will not start beside another database's.
_ENV = """import os
from alembic import context
from sqlalchemy import create_engine, pool

url = os.environ["DATABASE_URL"]
others = [v for v in os.environ.values() if "//" in v and "tenant" in v and v != url]
assert not others, others
if context.is_offline_mode():
    context.configure(url=url, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    with create_engine(url, poolclass=pool.NullPool).connect() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
"""

_REVISION = """import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {down!r}


def upgrade():
{before}    op.create_table("t{revision}", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("t{revision}")
"""


def project(folder: Path, *, before: str = "", env: str = _ENV) -> Path:
    """Write a project of two revisions; *before* is code at the start of the second upgrade."""
    versions = folder / "migrations" / "versions"
    versions.mkdir(parents=True)
    (folder / "alembic.ini").write_text(_INI)
    (folder / "migrations" / "env.py").write_text(env)
    code = "".join(f"    {line}\n" for line in before.splitlines())
    add(folder, "0001", None)
    add(folder, "0002", "0001", before=code)
    return folder


def add(folder: Path, revision: str, down: str | None, *, before: str = "") -> None:
    """Add a revision that makes one table."""
    text = _REVISION.format(revision=revision, down=down, before=before)
    (folder / "migrations" / "versions" / f"{revision}_x.py").write_text(text)


def files(folder: Path, count: int) -> dict[str, Path]:
    """Return the files of SQLite databases that do not exist yet, by label."""
    return {f"tenant{number:02}": folder / f"tenant{number:02}.db" for number in range(count)}


def listed(databases: dict[str, Path]) -> dict[str, str]:
    """Return the variables of a job on SQLite databases."""
    lines = [f"{label}=sqlite:///{path}" for label, path in databases.items()]
    return {"PROD_DATABASE_URLS": "\n".join(lines), "ENVIRONMENT": "production"}


def listed_urls(urls: Sequence[DatabaseURL]) -> dict[str, str]:
    """Return the variables of a job on databases of a server."""
    lines = [f"tenant{number:02}={url.render()}" for number, url in enumerate(urls)]
    return {"PROD_DATABASE_URLS": "\n".join(lines), "ENVIRONMENT": "production"}


def tables(path: Path) -> set[str]:
    """Return the tables of a SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("select name from sqlite_master where type = 'table'")
        return {row[0] for row in rows}


def by_label(run: Run | Finished) -> dict[str, Any]:
    """Return the databases of the first environment, by label."""
    return {item["label"]: item for item in run.report["environments"][0]["databases"]}


def states(run: Run | Finished) -> dict[str, str]:
    """Return how each database of the first environment ended, by label."""
    return {label: item["state"] for label, item in by_label(run).items()}


def called(*arguments: str, directory: Path, variables: Mapping[str, str]) -> Finished:
    """Run alembic-ci and read its report at once: the next run overwrites it."""
    run = alembic_ci(*arguments, directory=directory, variables=variables)
    return Finished(run=run, report=run.report)
