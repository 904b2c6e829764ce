"""Prove once what is the same for many databases: same revisions, same kind of server."""

import dataclasses
from collections.abc import Callable, Hashable
from typing import Protocol

from alembic_ci.database.likeness import likeness
from alembic_ci.model import RollbackResult
from alembic_ci.steps.bindings import Binding
from alembic_ci.steps.context import Outcome, Outcomes
from alembic_ci.steps.desk import Desk
from alembic_ci.urls import Dialect

Step = Callable[[Desk], Outcomes]


class Sharing(Protocol):
    """Where outcomes are kept for databases that come later."""

    def claim(self, key: Hashable) -> Outcome | None:
        """Return what another database came to, after waiting for it; None: prove it yourself."""

    def publish(self, key: Hashable, outcome: Outcome | None) -> None:
        """Hand on what was proved; None when nothing came of it."""


class Remembered:
    """Outcomes of one process, which does one thing after the other."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Outcome] = {}

    def claim(self, key: Hashable) -> Outcome | None:
        """Return what is known."""
        return self._known.get(key)

    def publish(self, key: Hashable, outcome: Outcome | None) -> None:
        """Keep it."""
        if outcome is not None:
            self._known[key] = outcome


def shared(desk: Desk, step: Step, sharing: Sharing) -> Outcomes:
    """Take *step* on a desk of one database, unless it was taken on one like it."""
    if len(desk.bindings) != 1:
        return step(desk)
    (binding,) = desk.bindings
    key = (step.__name__, *_likeness(desk, binding))
    known = sharing.claim(key)
    if known is not None:
        return {binding.label: known}
    outcome: Outcome | None = None
    try:
        outcomes = step(desk)
        outcome = outcomes.get(binding.label)
    finally:
        sharing.publish(key, outcome and _signed(outcome, desk.title(binding)))
    return outcomes


def _likeness(desk: Desk, binding: Binding) -> tuple[Hashable, ...]:
    """Return all that a proof on a scratch database depends on, but for the project."""
    ready = desk.standings()[binding.label]
    control = desk.control(binding)
    traits = None if binding.url.dialect is Dialect.SQLITE else likeness(control)
    return (
        binding.url.drivername,
        control.server,
        traits,
        ready.heads,
        ready.version_table,
        ready.transactional,
        ready.per_migration,
    )


def _signed(outcome: Outcome, name: str) -> Outcome:
    """Name the database that it was proved for."""
    if not isinstance(outcome.result, RollbackResult):
        return outcome
    return dataclasses.replace(outcome, result=dataclasses.replace(outcome.result, proved_for=name))
