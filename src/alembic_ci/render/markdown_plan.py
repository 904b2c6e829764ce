"""The downgrades of the summary: their SQL, and what they lose."""

from collections.abc import Iterator, Sequence
from functools import partial

from alembic_ci.model import DowngradePlan, PlannedDowngrade
from alembic_ci.render.escape import code, fenced, prose
from alembic_ci.render.fit import Block, Section
from alembic_ci.render.rows import Row


def plan_sections(found: Sequence[Row]) -> Iterator[Section]:
    """Yield what each downgrade does, one revision a block."""
    for row in found:
        for change in row.changes:
            if change.plan:
                yield Section(
                    heading=f"### Downgrade of {code(row.name)}\n\n{_opening(change.plan)}\n\n",
                    blocks=tuple(_block(item) for item in change.plan.revisions),
                )


def _opening(plan: DowngradePlan) -> str:
    where = f"Rehearsed on {prose(plan.scratch)}." if plan.scratch else ""
    path = f"The SQL is in {code(plan.path)}." if plan.path else ""
    unknown = f"**Not known what it loses:** {prose(plan.unknown)}." if plan.unknown else ""
    nothing = "It loses no data." if not plan.losses and not plan.unknown else ""
    return " ".join(filter(None, (where, path, unknown, nothing)))


def _block(item: PlannedDowngrade) -> Block:
    return Block(
        variants=(partial(_full, item), partial(_losing, item)),
        noun="revision",
    )


def _full(item: PlannedDowngrade) -> str:
    sql = "".join(f"{text.strip().rstrip(';')};\n" for text in item.statements)
    return _losing(item) + (fenced(sql, "sql") + "\n" if sql else "")


def _losing(item: PlannedDowngrade) -> str:
    losses = "".join(f"- **Loses data:** {prose(loss.text)}\n" for loss in item.losses)
    return f"#### Revision {code(item.revision)}\n\n{losses}\n"
