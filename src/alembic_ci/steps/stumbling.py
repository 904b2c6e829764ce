"""Alembic's own KeyError, where a revision stands on another one twice."""

from dataclasses import replace

from alembic_ci.history import History, Revision
from alembic_ci.project.failures import EnvError, ForeignError


def point_out(error: ForeignError, history: History) -> None:
    """Give *error* other words and another place where Alembic missed a row of the version table.

    A revision that stands on two others, one of which stands on the other, makes it look for the
    row of the older one. It has none, because the newer one's stands for it.
    """
    failure = error.failure
    if failure is None or failure.kind != KeyError.__name__:
        return
    found = _found(history, failure.message)
    if found is None:
        return
    older, newer, revision = found
    name = revision.revision
    if isinstance(error, EnvError):
        error.problem = f"Alembic cannot get past revision {name}."
    error.meaning = (
        f"Alembic itself raised it: {name} stands on {older} and on {newer}, which came after it. "
        "The version table has one row for both, and Alembic looks for two."
    )
    field = "down_revision" if older in revision.down_revisions else "depends_on"
    error.remedy = (
        f"Take {older} out of `{field}` of revision {name}: {newer} is enough. Databases that have "
        "the revision need nothing for it."
    )
    error.failure = replace(failure, file=str(revision.path), line=revision.parent_line)


def _found(history: History, key: str) -> tuple[str, str, Revision] | None:
    """Return the revision that a KeyError names, the newer one, and what stands on both."""
    for revision in history.revisions.values():
        needed = history.needed(revision.revision)
        for older in history.covered(needed):
            newer = (item for item in needed if item != older and older in history.closure([item]))
            if key == repr(older):
                return older, next(newer), revision
    return None
