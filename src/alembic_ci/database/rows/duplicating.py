"""Put a second row with the same values into some columns of a table, to try a new unique key."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import Chooser, KeysUsedUpError
from alembic_ci.database.rows.conditions import said
from alembic_ci.database.rows.inserting import Inserter, statement
from alembic_ci.database.rows.solver import UnsatisfiableError
from alembic_ci.database.rows.tables import Literals, Table

_ATTEMPTS = 8  # other values for the other columns


class Duplicate(NamedTuple):
    """The columns in which two rows are alike now, or the obstacle to that; neither if it is moot.

    It is moot where the columns cannot hold the same values twice anyway.
    """

    columns: tuple[str, ...] = ()
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicator:
    """Copies values of one row into a new one; all other columns get made values."""

    inserter: Inserter

    def duplicate(self, table: Table, words: Collection[str]) -> Duplicate:
        """Let two rows have the same values in those columns that *words* (in small letters) name.

        An expression or a condition of a key names columns, too; they are taken along.
        """
        columns = [column for column in table.columns if column.name.lower() in words]
        names = tuple(column.name for column in columns)
        if (
            not names
            or table.obstacle
            or table.leaves
            or any(set(k) <= set(names) for k in _keys(table))
        ):
            return Duplicate()
        if not all(column.ours for column in columns):
            return Duplicate(obstacle="the database makes the values itself")
        examples = self.inserter.reader.values(table, names)
        if not examples:
            return Duplicate(obstacle="no row has a value there")
        return self._inserted(table, dict(zip(names, examples[0], strict=True)))

    def _inserted(self, table: Table, same: Literals) -> Duplicate:
        keys, obstacle = self.inserter.available(table)
        if obstacle:
            return Duplicate(obstacle=obstacle)
        try:
            slots = self.inserter.slots(table, keys)
        except UnsatisfiableError as error:
            return Duplicate(obstacle=str(error))
        filled = {name for slot in slots for name in slot.columns}
        ours = [key for key in table.keys if set(key) <= filled - same.keys()]
        rows = self.inserter.maker.rows
        for shift in range(rows, rows + _ATTEMPTS):
            chooser = Chooser(slots, ours, self.inserter.reader.taken(table))
            try:
                (row,) = chooser.rows((0,), shift=shift)
                text = statement(self.inserter.source, table, [{**row, **same}])
                self.inserter.control.execute(text)
            except KeysUsedUpError as error:
                return Duplicate(obstacle=str(error))
            except StatementInterruptedError:
                raise
            except StatementError as error:
                obstacle = f"the database refuses it: {said(error)}"
                continue
            return Duplicate(columns=tuple(same))
        return Duplicate(obstacle=obstacle)


def _keys(table: Table) -> tuple[tuple[str, ...], ...]:
    return tuple(key for key in (*table.keys, table.primary_key) if key)
