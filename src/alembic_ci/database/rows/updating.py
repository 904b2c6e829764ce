"""Give values to nullable columns that hold nothing in any row.

Those are columns that a migration added to a table with rows, and references that had to wait
until there was something to refer to. The last row keeps its NULL.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import Chooser, KeysUsedUpError, Option
from alembic_ci.database.rows.conditions import mentioned
from alembic_ci.database.rows.inserting import Inserter
from alembic_ci.database.rows.solver import UnsatisfiableError
from alembic_ci.database.rows.tables import (
    NULL,
    Column,
    Family,
    ForeignKey,
    Literals,
    Table,
    Type,
)

_MOST_ROWS = 10
_ATTEMPTS = 4
_ADDRESS = Type(family=Family.PATTERN, sql="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Updater:
    """Updates rows; what the database refuses stays NULL, which every row may be."""

    inserter: Inserter

    def fill_empty_columns(self, tables: Collection[Table]) -> None:
        """Set the columns that are NULL in every row of *tables*."""
        by_name = {table.name: table for table in tables}
        for name, columns in self.inserter.reader.empty_columns(tables).items():
            self._fill(by_name[name], columns)

    def _fill(self, table: Table, columns: Sequence[Column]) -> None:
        where = self._conditions(table)
        if not self._set(table, columns, where) and len(columns) > 1:
            for column in columns:
                self._set(table, [column], where)

    def _set(self, table: Table, columns: Sequence[Column], where: Sequence[str]) -> bool:
        """Set *columns* together in all rows but the last; tell whether that was possible."""
        names = {column.name for column in columns}
        keys = self._references(table, names)
        waiting = {n for k in table.foreign_keys if k not in keys for n in k.columns} & names
        within = replace(
            table,
            columns=tuple(column for column in columns if column.name not in waiting),
            checks=tuple(check for check in table.checks if mentioned(table, check) <= names),
            foreign_keys=tuple(keys),
        )
        if not within.columns:
            return True
        try:
            slots = self.inserter.slots(within, keys)
        except UnsatisfiableError:
            return False
        unique = [key for key in table.keys if set(key) <= names - waiting]
        chooser = Chooser(slots, unique, set())
        return all(
            self._updated(table, chooser, number, condition)
            for number, condition in enumerate(where)
        )

    def _references(self, table: Table, names: set[str]) -> Mapping[ForeignKey, list[Option]]:
        """Return what there is to refer to; rows of the same table refer to the one before."""
        found: dict[ForeignKey, list[Option]] = {}
        for key in table.foreign_keys:
            options = self.inserter.reader.parents(table, key)
            if options and set(key.columns) <= names:
                own = key.parent == table.name
                found[key] = [*options[-1:], *options[:-1]] if own else options
        return found

    def _updated(self, table: Table, chooser: Chooser, number: int, condition: str) -> bool:
        for shift in range(_ATTEMPTS):
            try:
                (row,) = chooser.rows((number,), shift=shift)
                self._update(table, row, condition)
            except KeysUsedUpError:
                return False
            except StatementInterruptedError:
                raise
            except StatementError:
                continue
            return True
        return False

    def _update(self, table: Table, row: Literals, condition: str) -> None:
        quote = self.inserter.source.quote
        changes = ", ".join(f"{quote(n)} = {v}" for n, v in row.items() if v != NULL)
        if changes:
            self.inserter.control.execute(f"UPDATE {table.sql} SET {changes} WHERE {condition}")

    def _conditions(self, table: Table) -> list[str]:
        """Return what tells the rows apart, for all but the last of them.

        Tables without a key are told apart by where their rows lie, in databases that say so.
        """
        source = self.inserter.source
        names = table.primary_key or next(iter(table.keys), ())
        expressions = [source.quote(name) for name in names] or [source.row_address]
        kinds = [table.column(name).type for name in names] or [_ADDRESS]
        if not expressions[0]:
            return []
        texts = [source.shown(kind, e) for kind, e in zip(kinds, expressions, strict=True)]
        sql = (
            f"SELECT {', '.join(texts)} FROM {table.sql}"
            f" ORDER BY {', '.join(expressions)} LIMIT {_MOST_ROWS}"
        )
        rows = self.inserter.control.query(sql)
        return [
            " AND ".join(
                f"{e} = {source.literal(kind, str(value))}"
                for e, kind, value in zip(expressions, kinds, row, strict=True)
            )
            for row in (rows[:-1] if len(rows) > 1 else rows)
        ]
