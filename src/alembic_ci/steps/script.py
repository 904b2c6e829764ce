"""SQL scripts as files: names, headers, and what stands where a revision could not be rendered."""

import hashlib
import re
from collections.abc import Sequence

from alembic_ci.history import Revision
from alembic_ci.model import Direction, Problem
from alembic_ci.project.offline import RenderedScript
from alembic_ci.steps.setup import Setup

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+")
_LONGEST_SLUG = 40
_REDACTED = """\
-- This script cannot be applied: a secret that it held is shown as ***.
SELECT * FROM alembic_ci_stops_here_this_script_is_redacted;

"""


def file_name(name: str) -> str:
    """Return *name* as one path component that cannot lead anywhere else."""
    return _UNSAFE.sub("_", name).strip(".") or "_"


def own_name(label: str) -> str:
    """Return *label* as one path component that no other label has."""
    safe = file_name(label)
    if safe == label:
        return safe
    return f"{safe}-{hashlib.sha256(label.encode(errors='surrogateescape')).hexdigest()[:8]}"


def piece_name(revision: Revision, number: int, direction: Direction) -> str:
    """Return ``0003_<revision>_<slug>.up.sql``."""
    slug = file_name(revision.message.lower())[:_LONGEST_SLUG].strip("_")
    stem = f"{number:04d}_{file_name(revision.revision)}_{slug}".rstrip("_")
    return f"{stem}.{direction.value}.sql"


def single(whole: RenderedScript, setup: Setup, text: str) -> str:
    """Return a script of one revision that can be run by itself."""
    if whole.per_migration or not whole.transactional:
        return f"{setup.before}{text}"
    return f"{setup.before}BEGIN;\n\n{setup.inside}{text}COMMIT;\n"


def combined(whole: RenderedScript, setup: Setup, texts: Sequence[str]) -> str:
    """Return the script of all revisions."""
    if not texts:
        return "-- Nothing to do: the database is up to date.\n"
    return "".join([setup.before, whole.preamble, setup.inside, *texts, whole.postamble])


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


def without_secrets(script: str, redacted: str) -> str:
    """Return the *redacted* form of a script, which stops at once where it is not the same."""
    return script if redacted == script else _REDACTED + redacted
