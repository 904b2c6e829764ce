"""Where to go when nobody said it."""

from alembic_ci.steps.context import Context

_RELATIVE = ("+", "-")


def upgrade_target(context: Context) -> str:
    """Return the target of upgrades: what was asked for, else every head.

    Raises HistoryError when the history has forked by accident: two heads of one branch, as two
    pull requests make them that were each green alone. Heads on branches of their own (labels,
    separate bases) are meant, and naming ``heads`` as the target means them, too.
    """
    if context.settings.target:
        return context.settings.target
    forked = context.history.forked_heads()
    if forked:
        raise context.history.multiple_heads_error(forked)
    return "heads"


def lasting_target(context: Context) -> str:
    """Return the target to measure a database against after the work: never a relative one."""
    target = context.settings.target
    relative = any(sign in target for sign in _RELATIVE)
    return "heads" if relative else target or "heads"
