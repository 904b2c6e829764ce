"""Look at more than the version table when a change is done, from new connections."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.health import (
    InvalidIndex,
    UnvalidatedConstraint,
    invalid_indexes,
    unvalidated_constraints,
)
from alembic_ci.model import Difference, Problem
from alembic_ci.steps.problems import verdict_problem

_LEFT_OPEN = Difference(
    text="env.py ended and left its session in the middle of a transaction, which holds its locks "
    "until env.py's process ends",
    object="session",
)
_ASKED_FOR = re.compile(r"\bnot\s+(valid|enforced)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What PostgreSQL has and does not use or does not vouch for; other databases have none."""

    indexes: tuple[InvalidIndex, ...] = ()
    constraints: tuple[UnvalidatedConstraint, ...] = ()

    @classmethod
    def of(cls, control: Control) -> "Health":
        """Look at a database."""
        return cls(indexes=invalid_indexes(control), constraints=unvalidated_constraints(control))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was there before a change and is there after it; *statements* are what it executed.

    *in_transaction* tells that env.py has ended and left its session in a transaction.
    """

    before: Health
    after: Health
    statements: tuple[str, ...]
    in_transaction: bool = False

    def problem(self) -> Problem | None:
        """Return what the change has left that nobody asked for."""
        indexes = [item for item in self.after.indexes if item not in self.before.indexes]
        if indexes:
            return _invalid(indexes[0])
        constraints = [] if self._asked_for else self._new_constraints
        return _unvalidated(constraints[0]) if constraints else None

    def notices(self) -> tuple[Difference, ...]:
        """Return what is worth knowing: old invalid indexes, and constraints left to validate."""
        known = [item for item in self.after.indexes if item in self.before.indexes]
        left = [_LEFT_OPEN] if self.in_transaction else []
        return (*map(_old_index, known), *map(_to_validate, self._waiting), *left)

    @property
    def _asked_for(self) -> bool:
        return any(_ASKED_FOR.search(statement) for statement in self.statements)

    @property
    def _new_constraints(self) -> list[UnvalidatedConstraint]:
        return [item for item in self.after.constraints if item not in self.before.constraints]

    @property
    def _waiting(self) -> Iterable[UnvalidatedConstraint]:
        return self._new_constraints if self._asked_for else ()


def _invalid(index: InvalidIndex) -> Problem:
    return verdict_problem(
        f"The change has left index {index.name} of table {index.table} invalid.",
        failure_class="invalid-index",
        meaning="CREATE INDEX CONCURRENTLY failed or was ended and its error was swallowed: the "
        "index costs every write, serves no query and checks no uniqueness.",
        remedy=f"REINDEX INDEX CONCURRENTLY {index.name}; or drop it and create it again.",
    )


def _unvalidated(constraint: UnvalidatedConstraint) -> Problem:
    return verdict_problem(
        f"The change has left constraint {constraint.name} of table {constraint.table} not "
        "validated, and no statement of it says NOT VALID.",
        failure_class="unvalidated-constraint",
        meaning="Rows that were there before may break it.",
        remedy=f"ALTER TABLE {constraint.table} VALIDATE CONSTRAINT {constraint.name};",
    )


def _old_index(index: InvalidIndex) -> Difference:
    return Difference(
        text=f"index {index.name} of table {index.table} is invalid, and was before; "
        f"REINDEX INDEX CONCURRENTLY {index.name} repairs it",
        object=f"index {index.name}",
    )


def _to_validate(constraint: UnvalidatedConstraint) -> Difference:
    return Difference(
        text=f"constraint {constraint.name} of table {constraint.table} is NOT VALID until "
        f"ALTER TABLE {constraint.table} VALIDATE CONSTRAINT {constraint.name}",
        object=f"constraint {constraint.name}",
    )
