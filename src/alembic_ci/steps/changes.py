"""What a revision was seen to change on empty tables, for those who try it on rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from alembic_ci.delta import Delta, tables_of
from alembic_ci.model import Direction
from alembic_ci.statements import Narrowed
from alembic_ci.steps.new_keys import NewKey, new_keys
from alembic_ci.steps.required import Required, required


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The changes of one revision.

    *tables* are those it changes, *new_keys* the unique keys it puts on tables that were there
    before, *required* the columns of those that may not be NULL from now on, *narrowed* the
    columns whose types get narrower each way.
    """

    tables: frozenset[str] = frozenset()
    new_keys: tuple[NewKey, ...] = ()
    required: tuple[Required, ...] = ()
    narrowed: Mapping[Direction, tuple[Narrowed, ...]] = field(default_factory=dict)

    def with_step(
        self,
        direction: Direction,
        delta: Delta,
        narrowed: Callable[[Delta], tuple[Narrowed, ...]],
    ) -> "Changes":
        """Return them with what one step changed; the first step of a direction counts.

        *narrowed* returns the columns whose types are narrower after it.
        """
        found = replace(self, tables=self.tables | tables_of(delta))
        if direction in self.narrowed:
            return found
        found = replace(found, narrowed={**self.narrowed, direction: narrowed(delta)})
        if direction is Direction.DOWN:
            return found
        return replace(found, new_keys=tuple(new_keys(delta)), required=tuple(required(delta)))


UNCHANGED = Changes()
