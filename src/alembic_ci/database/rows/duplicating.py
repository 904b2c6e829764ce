"""Put a second row with the same values into some columns of a table, to try a new unique key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import Chooser, KeysUsedUpError
from alembic_ci.database.rows.conditions import names_in, said
from alembic_ci.database.rows.inserting import Inserter, statement
from alembic_ci.database.rows.solver import UnsatisfiableError
from alembic_ci.database.rows.tables import NULL, Check, Literals, Table

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

    def duplicate(self, table: Table, words: Collection[str], condition: str) -> Duplicate:
        """Let two rows have the same values in those columns that *words* (in small letters) name.

        An expression of a key names columns, too; they are taken along. Where there is a
        *condition*, both rows meet it.
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
        if condition:
            return self._meeting(table, names, condition)
        examples = self.inserter.reader.values(table, names)
        if not examples:
            return Duplicate(obstacle="no row has a value there")
        return self._alike(table, dict(zip(names, examples[0], strict=True)))

    def _meeting(self, table: Table, names: Sequence[str], condition: str) -> Duplicate:
        """Make a row that meets the condition, and another one that is alike."""
        limited = replace(table, checks=(*table.checks, Check(expression=condition, columns=())))
        first, obstacle = self._inserted(limited, {})
        if first is None:
            return Duplicate(obstacle=obstacle)
        alike = {n: first[n] for n in (*names, *names_in(table, condition)) if n in first}
        if any(alike.get(name, NULL) == NULL for name in names):
            return Duplicate()  # what is not there is never the same
        return self._alike(limited, alike)._replace(columns=tuple(names))

    def _alike(self, table: Table, same: Literals) -> Duplicate:
        row, obstacle = self._inserted(table, same)
        return Duplicate(obstacle=obstacle) if row is None else Duplicate(columns=tuple(same))

    def _inserted(self, table: Table, same: Literals) -> tuple[Literals | None, str]:
        """Insert a row with *same*; return it, or why that was not possible."""
        keys, obstacle = self.inserter.available(table)
        if obstacle:
            return None, obstacle
        try:
            slots = self.inserter.slots(table, keys)
        except UnsatisfiableError as error:
            return None, str(error)
        filled = {name for slot in slots for name in slot.columns}
        ours = [key for key in table.keys if set(key) <= filled - same.keys()]
        rows = self.inserter.maker.rows
        for shift in range(rows, rows + _ATTEMPTS):
            chooser = Chooser(slots, ours, self.inserter.reader.taken(table))
            try:
                (row,) = chooser.rows((0,), shift=shift)
                made = {**row, **same}
                self.inserter.control.execute(statement(self.inserter.source, table, [made]))
            except KeysUsedUpError as error:
                return None, str(error)
            except StatementInterruptedError:
                raise
            except StatementError as error:
                obstacle = f"the database refuses it: {said(error)}"
                continue
            return made, ""
        return None, obstacle


def _keys(table: Table) -> tuple[tuple[str, ...], ...]:
    return tuple(key for key in (*table.keys, table.primary_key) if key)
