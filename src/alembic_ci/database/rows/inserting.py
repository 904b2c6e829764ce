"""Insert made rows into one table whose references can be satisfied, and say why it fails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import (
    Chooser,
    Keys,
    KeysUsedUpError,
    Maker,
    Option,
    Slot,
)
from alembic_ci.database.rows.conditions import guessed, said
from alembic_ci.database.rows.reading import Reader
from alembic_ci.database.rows.solver import Solver, UnsatisfiableError
from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.tables import ForeignKey, Literals, Table

_ATTEMPTS = 8  # other values for a row the server refuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserter:
    """Fills single tables of one database."""

    control: Control
    source: Source
    maker: Maker
    reader: Reader
    solver: Solver

    def available(self, table: Table) -> tuple[Keys, str]:
        """Return what the foreign keys may point to, and what is missing, if anything is.

        A reference that may be NULL is left NULL while there is nothing to refer to.
        """
        keys: dict[ForeignKey, Sequence[Option]] = {}
        for key in table.foreign_keys:
            found = self.reader.parents(table, key)
            if found:
                keys[key] = found
            elif not table.nullable(key):
                return keys, f"it must refer to {key.parent}, which has no rows"
        return keys, ""

    def insert(self, table: Table, count: int) -> str:
        """Insert what is missing from *count* rows on; return why not all could be inserted."""
        keys, obstacle = self.available(table)
        if obstacle:
            return obstacle
        try:
            slots = self.slots(table, keys)
            return self._inserted(table, slots, count)
        except (UnsatisfiableError, KeysUsedUpError) as error:
            return str(error)
        finally:
            self.reader.forget(table.name)
            if table.root:
                self.reader.forget(table.root)

    def slots(self, table: Table, keys: Keys) -> tuple[Slot, ...]:
        """Return the options for every column that gets a value.

        Raises:
            UnsatisfiableError: When no option satisfies the table's conditions.
        """
        left = {name for key in table.foreign_keys if key not in keys for name in key.columns}
        held = {name for key in keys for name in key.columns}
        slots = self.maker.slots(table, keys)
        slots = tuple(slot for slot in slots if not set(slot.columns) <= left - held)
        unsure = table.checks or any(guessed(table, slot) for slot in slots)
        return self.solver.solved(table, slots) if unsure else slots

    def _inserted(self, table: Table, slots: Sequence[Slot], count: int) -> str:
        numbers = range(count, self.maker.rows)
        taken = self.reader.taken(table) if count else set()
        try:
            rows = list(Chooser(slots, _ours(table, slots), set(taken)).rows(numbers))
            for together in [rows] if rows[0] else [[row] for row in rows]:
                self.control.execute(statement(self.source, table, together))
        except StatementInterruptedError:
            raise
        except (StatementError, KeysUsedUpError):
            return self._one_by_one(table, slots, numbers)
        return ""

    def _one_by_one(self, table: Table, slots: Sequence[Slot], numbers: range) -> str:
        reason = ""
        for number in numbers:
            taken = self.reader.taken(table)
            for shift in (0, *range(self.maker.rows, self.maker.rows + _ATTEMPTS)):
                chooser = Chooser(slots, _ours(table, slots), set(taken))
                try:
                    rows = list(chooser.rows((number,), shift=shift))
                    self.control.execute(statement(self.source, table, rows))
                    break
                except KeysUsedUpError as error:
                    return str(error)
                except StatementInterruptedError:
                    raise
                except StatementError as error:
                    reason = f"the database refuses made rows: {said(error)}"
            else:
                return reason
        return ""


def statement(source: Source, table: Table, rows: Sequence[Literals]) -> str:
    """Return one INSERT for rows of the same columns."""
    columns = list(rows[0])
    return source.insert(table, columns, [[row[name] for name in columns] for row in rows])


def _ours(table: Table, slots: Sequence[Slot]) -> list[tuple[str, ...]]:
    """Return the keys whose every column gets a made value."""
    filled = {name for slot in slots for name in slot.columns}
    return [key for key in table.keys if set(key) <= filled]


def parted(reasons: Mapping[str, str], name: str) -> str:
    """Return what was said of *name*, or that rows vanished."""
    return reasons.get(name) or "inserted rows are not there: a trigger or a rule took them away"
