"""Tables that must refer to each other, so that no row can be the first.

Keys are promised before any row is there: numbers are drawn from the column's own sequence, other
values are made. Then all rows go in at once, and the database looks at the references after it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import Chooser, Keys, KeysUsedUpError, Option
from alembic_ci.database.rows.conditions import said
from alembic_ci.database.rows.inserting import Inserter, statement
from alembic_ci.database.rows.made import made
from alembic_ci.database.rows.solver import UnsatisfiableError
from alembic_ci.database.rows.tables import ForeignKey, Table


@dataclass(slots=True)
class Ring:
    """The empty tables of one cycle."""

    inserter: Inserter
    tables: Sequence[Table]
    _promised: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    @property
    def _members(self) -> dict[str, Table]:
        return {table.name: table for table in self.tables}

    def insert(self) -> str:
        """Insert all rows of all tables; return why that was not possible."""
        names = ", ".join(self._members)
        try:
            inserts = [self._statement(table) for table in self.tables]
        except (UnsatisfiableError, KeysUsedUpError) as error:
            return str(error)
        statements = self.inserter.source.together(inserts)
        if not statements:
            return f"{names} must refer to each other, and this database looks at each row at once"
        return self._executed(statements)

    def _executed(self, statements: Sequence[str]) -> str:
        control = self.inserter.control
        try:
            for sql in statements:
                control.execute(sql)
        except StatementError as error:
            if len(statements) > 1:
                control.execute("ROLLBACK")
            if isinstance(error, StatementInterruptedError):
                raise
            return f"the database refuses made rows: {said(error)}"
        finally:
            for name in self._members:
                self.inserter.reader.forget(name)
        return ""

    def _statement(self, table: Table) -> str:
        keys = dict(self.inserter.available(table)[0])
        inside = [key for key in table.foreign_keys if key.parent in self._members]
        for key in inside:
            keys[key] = self._keys(key)
        held = {name for key in keys for name in key.columns}
        for name in self._wanted_of(table) - held:
            own = ForeignKey(columns=(name,), parent=table.name, parent_sql="", targets=(name,))
            keys[own] = [(value,) for value in self._promise(table, name, ())]
        return self._rows(table, keys)

    def _rows(self, table: Table, keys: Keys) -> str:
        slots = self.inserter.slots(table, keys)
        held = {name for slot in slots for name in slot.columns}
        unique = [key for key in table.keys if set(key) <= held]
        rows = list(Chooser(slots, unique, set()).rows(range(self.inserter.maker.rows)))
        return statement(self.inserter.source, table, rows)

    def _wanted_of(self, table: Table) -> set[str]:
        """Return the columns of *table* that the others, or it itself, refer to."""
        keys = (key for member in self.tables for key in member.foreign_keys)
        return {name for key in keys if key.parent == table.name for name in key.targets}

    def _keys(self, key: ForeignKey) -> list[Option]:
        parent = self._members[key.parent]
        return list(zip(*(self._promise(parent, name, ()) for name in key.targets), strict=True))

    def _promise(self, table: Table, name: str, asked: tuple[tuple[str, str], ...]) -> list[str]:
        """Return the literals *name* will hold; one that itself refers holds what it refers to."""
        place = (table.name, name)
        if place in self._promised:
            return self._promised[place]
        for key in table.foreign_keys:
            target = (
                (key.parent, key.targets[key.columns.index(name)]) if name in key.columns else place
            )
            if target != place and key.parent in self._members and target not in asked:
                parent = self._members[key.parent]
                self._promised[place] = self._promise(parent, target[1], (*asked, place))
                return self._promised[place]
        self._promised[place] = self._new(table, name)
        return self._promised[place]

    def _new(self, table: Table, name: str) -> list[str]:
        column, rows, source = table.column(name), self.inserter.maker.rows, self.inserter.source
        if not column.automatic:
            return [source.literal(column.type, made(column, number)) for number in range(rows)]
        numbers = self.inserter.control.query(source.numbers(table, column, rows))
        return [source.literal(column.type, str(number)) for (number,) in numbers]
