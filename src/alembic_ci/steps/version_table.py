"""What a database's version table holds, and whether anything can be done with that."""

from collections.abc import Sequence

from alembic_ci.database.control import Control
from alembic_ci.errors import HistoryError
from alembic_ci.history import History
from alembic_ci.project.session import Ready
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Context
from alembic_ci.steps.desk import Desk
from alembic_ci.steps.lost_file import sought

OVERLAP_MEANING = (
    "Two upgrades ran at the same time, somebody wrote into the table, or a revision was taken "
    "back whose depends_on names one that stands on its own parent: Alembic then leaves both. It "
    "cannot upgrade from there."
)


def version_rows(control: Control, ready: Ready) -> tuple[str, ...]:
    """Return what the version table holds now; no table holds nothing."""
    return control.version_rows(ready.version_table, ready.schema) or ()


def refuse_unusable(desk: Desk, binding: Binding, current: Sequence[str]) -> None:
    """Raise HistoryError when a version table holds what no upgrade or downgrade can start from."""
    error = unusable(desk, binding, current)
    if error:
        raise error


def unusable(desk: Desk, binding: Binding, current: Sequence[str]) -> HistoryError | None:
    """Return what is wrong with the rows of a version table, if anything."""
    unknown = desk.context.history.unknown(current)
    if unknown:
        return _unknown(desk.context, desk.title(binding), unknown)
    if not desk.context.history.covered(current):
        return None
    return _overlapping(desk.context.history, desk.title(binding), current)


def _unknown(context: Context, title: str, unknown: Sequence[str]) -> HistoryError:
    sentence, _ = sought(context, unknown[0])
    return HistoryError(
        f"{title} is at revision {', '.join(unknown)}, which this project does not have.",
        meaning="The revision was deleted or never merged here, "
        f"or an older version of the project is being deployed. {sentence}",
        remedy="Deploy the version of the project that has it, bring the file back, or ask "
        "`alembic-ci doctor`, which has the commands for both and finds the revision to `stamp`.",
    )


def _overlapping(history: History, title: str, current: Sequence[str]) -> HistoryError:
    covered = history.covered(current)
    kept = [name for name in current if name not in covered]
    target = kept[0] if len(kept) == 1 else f"'{' '.join(kept)}'"
    return HistoryError(
        overlap(history, title, current),
        meaning=OVERLAP_MEANING,
        remedy="Look whether the schema is that of the later one, then `stamp` what is not "
        f"redundant: --target {target}, for example.",
    )


def overlap(history: History, title: str, current: Sequence[str]) -> str:
    """Say which rows of a version table came before others of them."""
    return (
        f"The version table of {title} holds {', '.join(current)} at once, and "
        f"{', '.join(history.covered(current))} came before {', '.join(history.covering(current))}."
    )
