"""Constraints that PostgreSQL does not answer for: older rows were never checked against them."""

from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.urls import Dialect

# https://www.postgresql.org/docs/current/catalog-pg-constraint.html
_SQL = """
SELECT k.conname, k.conrelid::regclass::text
FROM pg_catalog.pg_constraint k
WHERE NOT k.convalidated AND k.conrelid <> 0 AND k.conparentid = 0
ORDER BY 2, 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnvalidatedConstraint:
    """One such constraint and its table, as the server names it."""

    name: str
    table: str


def unvalidated_constraints(control: Control) -> tuple[UnvalidatedConstraint, ...]:
    """Return the constraints that are not validated."""
    if control.dialect is not Dialect.POSTGRESQL:
        return ()
    return tuple(
        UnvalidatedConstraint(name=str(name), table=str(table))
        for name, table in control.query(_SQL)
    )
