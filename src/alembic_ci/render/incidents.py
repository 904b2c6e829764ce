"""What happened while a database was changed, beside the change: waits, retries, remarks."""

from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.model import ChangeResult, Result, Retry
from alembic_ci.render.escape import code, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.rows import Row
from alembic_ci.render.words import one_line, seconds


def incidents(result: Result | None) -> Iterator[str]:
    """Yield a line for each thing that a reader of a change wants to know."""
    if not isinstance(result, ChangeResult):
        return
    if result.waited:
        took = seconds(result.waited.seconds)
        yield f"waited {took} for another job that was migrating: {one_line(result.waited.holder)}"
    yield from map(_retried, result.retries)
    yield from (one_line(notice.text) for notice in result.notices)


def _retried(retry: Retry) -> str:
    where = f"revision {retry.revision}" if retry.revision else "env.py"
    by = f", held by {'; '.join(retry.blocked_by)}" if retry.blocked_by else ""
    number = f" ({retry.code})" if retry.code else ""
    return one_line(
        f"{where}: {retry.reason}{number}{by}; nothing of it stayed, "
        f"tried again after {seconds(retry.pause)}"
    )


def incident_section(found: Sequence[Row]) -> Iterator[Section]:
    """Yield the part of the summary that tells of them, if there are any."""
    lines = [
        (row.name, line) for row in found for step in row.steps for line in incidents(step.result)
    ]
    if lines:
        yield Section(
            heading="### On the way\n\n",
            blocks=tuple(Block(variants=(partial(_item, *said),), noun="remark") for said in lines),
        )


def _item(name: str, line: str) -> str:
    return f"- {code(name)}: {prose(line)}\n"
