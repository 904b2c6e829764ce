"""SQL scripts as files: names, headers, and what stands where a revision could not be rendered."""

import re
from collections.abc import Mapping

from alembic_ci.history import Revision
from alembic_ci.model import Direction, Problem
from alembic_ci.project.worker import Rendered, RenderedScript

NOTHING = RenderedScript(
    preamble="", pieces=(), postamble="", per_migration=False, transactional=False
)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_SLUG = 40


def file_name(name: str) -> str:
    """Return *name* as one path component that cannot lead anywhere else."""
    return _UNSAFE.sub("_", name).strip(".") or "_"


def piece_name(revision: Revision, number: int, direction: Direction) -> str:
    """Return ``0003_<revision>_<slug>.up.sql``."""
    slug = file_name(revision.message.lower())[:_LONGEST_SLUG].strip("_")
    stem = f"{number:04d}_{file_name(revision.revision)}_{slug}".rstrip("_")
    return f"{stem}.{direction.value}.sql"


def single(whole: RenderedScript, piece: Rendered) -> str:
    """Return a script of one revision that can be run by itself."""
    if whole.per_migration or not whole.transactional:
        return piece.sql
    return f"BEGIN;\n\n{piece.sql}COMMIT;\n"


def combined(whole: RenderedScript, problems: Mapping[str, Problem | None]) -> str:
    """Return the script of all revisions; one that is missing makes it stop there."""
    if not whole.pieces:
        return "-- Nothing to do: the database is up to date.\n"
    texts = [whole.preamble]
    for piece in whole.pieces:
        failed = problems[piece.revision]
        texts.append(stopped(piece.revision, failed) if failed else piece.sql)
    return "".join([*texts, whole.postamble])


def stopped(revision: str, problem: Problem) -> str:
    """Return what stands in place of a revision without SQL.

    A script that went on without it would leave a database that claims to have the revision;
    the query on a table that cannot exist makes every client fail here.
    """
    place = f" ({problem.file}:{problem.line})" if problem.file else ""
    reasons = f"{problem.problem}{place} {problem.database_error or ''}".strip()
    comment = "".join(f"-- {line}\n" for line in reasons.splitlines())
    name = re.sub(r"\W", "_", revision)
    return f"{comment}SELECT * FROM alembic_ci_stops_here_no_sql_for_{name};\n\n"


def statement_count(sql: str) -> int:
    """Count statements by their ends of line; comments and blank lines do not count."""
    lines = (line.strip() for line in sql.splitlines())
    return sum(line.endswith(";") and not line.startswith("--") for line in lines)
