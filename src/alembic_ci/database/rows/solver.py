"""Find values that satisfy a table's CHECKs by asking the server to evaluate them.

No condition is parsed: candidates go to the server as a derived table with the columns' names and
types, and the rows come back for which every condition is not false. Conditions on one column (or
one foreign key) come first; what is left of each goes into those that compare columns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.candidates import candidates
from alembic_ci.database.rows.choices import Option, Slot
from alembic_ci.database.rows.conditions import (
    guessed,
    mentioned,
    names_in,
    said,
    unsatisfied,
    varied,
)
from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.tables import NULL, Check, Column, Family, Table
from alembic_ci.database.tracking import Query

_COMBINATIONS = 1024  # asked about in one statement
_SOLUTIONS = 200
_ANY_NUMBER = "1000"  # stands for what the database will number


class UnsatisfiableError(Exception):
    """No value that was tried satisfies a condition."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """Narrows the options of a table's slots to those its CHECKs accept."""

    query: Query
    source: Source
    rows: int

    def solved(self, table: Table, slots: Sequence[Slot]) -> tuple[Slot, ...]:
        """Return slots whose every option satisfies the CHECKs.

        Raises:
            UnsatisfiableError: When nothing does.
        """
        numbered = [c.name for c in table.columns if not c.ours and not c.expression]
        held = {name for slot in slots for name in slot.columns}
        all_slots = [*slots, *(Slot((n,), ((_ANY_NUMBER,),)) for n in numbered if n not in held)]
        mentions = {check: mentioned(table, check) for check in table.checks}
        for index, slot in enumerate(all_slots):
            own = [check for check in table.checks if mentions[check] <= set(slot.columns)]
            near = [check for check in table.checks if mentions[check] & set(slot.columns)]
            if near or guessed(table, slot):
                all_slots[index] = self._narrowed(table, slot, own=own, near=near)
        wide = [
            c for c in table.checks if not any(mentions[c] <= set(s.columns) for s in all_slots)
        ]
        for check in wide:
            all_slots = self._compared(table, all_slots, check, mentions)
        return tuple(slot for slot in all_slots if not set(slot.columns) <= set(numbered) - held)

    def _narrowed(
        self, table: Table, slot: Slot, *, own: Sequence[Check], near: Sequence[Check]
    ) -> Slot:
        """Add what the conditions suggest, and keep what those on this slot alone accept."""
        if len(slot.columns) == 1 and table.column(slot.columns[0]).ours:
            slot = self._extended(
                table.column(slot.columns[0]), slot, near, alone=len(own) == len(near)
            )
        if not own and not guessed(table, slot):
            return slot
        accepted = [index for (index,) in self._accepted(table, (slot,), own)]
        if not accepted:
            unknown = f"no made value is a {table.column(slot.columns[0]).type.sql}"
            raise UnsatisfiableError(unsatisfied(own) if own else unknown)
        return self._with_null_last(slot, [slot.options[index] for index in sorted(accepted)])

    def _extended(self, column: Column, slot: Slot, near: Sequence[Check], *, alone: bool) -> Slot:
        conditions = [check.expression for check in near]
        texts = candidates(column, conditions, first=self.rows)
        literals = [(self.source.literal(column.type, text),) for text in texts]
        usual = slot.options[: self.rows]
        if alone:
            options = (*usual, *literals)
        else:  # few are combined with others, so the telling ones come first
            mined = [o for o in literals if o not in usual]
            front = mined[:6] if column.type.family in {Family.TEXT, Family.ENUM} else ()
            nothing = ((NULL,),) if (NULL,) in usual else ()
            options = (*usual[:1], *nothing, *front[:2], *usual[1:], *front[2:], *mined)
        return Slot(slot.columns, tuple(dict.fromkeys(options)))

    def _with_null_last(self, slot: Slot, options: list[Option]) -> Slot:
        """Let only the last wanted row be NULL, where other values are possible."""
        empty = [option for option in options if set(option) == {NULL}]
        full = [option for option in options if set(option) != {NULL}]
        if not full or not empty:
            return Slot(slot.columns, tuple(options))
        usual = [full[number % len(full)] for number in range(self.rows - 1)]
        return Slot(slot.columns, (*usual, *empty, *full[self.rows - 1 :]))

    def _compared(
        self,
        table: Table,
        slots: list[Slot],
        check: Check,
        mentions: Mapping[Check, frozenset[str]],
    ) -> list[Slot]:
        """Join the slots that *check* compares, with the combinations it accepts."""
        touched = [slot for slot in slots if mentions[check] & set(slot.columns)]
        columns = {name for slot in touched for name in slot.columns}
        checks = [other for other in table.checks if mentions[other] <= columns]
        each = max(2, int(_COMBINATIONS ** (1 / len(touched))))
        few = [replace(slot, options=slot.options[:each]) for slot in touched]
        found = self._accepted(table, few, checks)
        if not found:
            raise UnsatisfiableError(unsatisfied(checks))
        options = [
            tuple(v for slot, i in zip(few, indexes, strict=True) for v in slot.options[i])
            for indexes in found
        ]
        joined = Slot(tuple(name for slot in few for name in slot.columns), tuple(varied(options)))
        return [*(slot for slot in slots if slot not in touched), joined]

    def _accepted(
        self, table: Table, slots: Sequence[Slot], checks: Sequence[Check]
    ) -> list[tuple[int, ...]]:
        """Return the indexes of the options, one for each slot, that make no condition false."""
        try:
            return self._asked(table, slots, checks, [range(len(s.options)) for s in slots])
        except StatementInterruptedError:
            raise
        except StatementError:
            valid = [self._valid(table, slot, checks if len(slots) == 1 else ()) for slot in slots]
        try:
            return self._asked(table, slots, checks, valid) if all(valid) else []
        except StatementError as error:
            raise UnsatisfiableError(f"{unsatisfied(checks)}: {said(error)}") from error

    def _valid(self, table: Table, slot: Slot, checks: Sequence[Check]) -> list[int]:
        """Return the options that raise no error; one by one, for the rare case that some do."""
        valid = []
        for index in range(len(slot.options)):
            try:
                if self._asked(table, (slot,), checks, [[index]]):
                    valid.append(index)
            except StatementError:
                continue
        return valid

    def _asked(
        self,
        table: Table,
        slots: Sequence[Slot],
        checks: Sequence[Check],
        indexes: Sequence[Iterable[int]],
    ) -> list[tuple[int, ...]]:
        quote = self.source.quote
        derived = [
            f"({' UNION ALL '.join(self._selects(table, slot, place, chosen))}) s{place}"
            for place, (slot, chosen) in enumerate(zip(slots, indexes, strict=True))
        ]
        columns = {name for slot in slots for name in slot.columns}
        spoken_of = {name for check in checks for name in names_in(table, check.expression)}
        made_from = ", ".join(
            f", ({c.expression}) AS {quote(c.name)}"
            for c in table.columns
            if c.name in spoken_of and c.expression and names_in(table, c.expression) <= columns
        )
        inner = f"SELECT q.*{made_from} FROM (SELECT * FROM {' CROSS JOIN '.join(derived)}) q"
        wanted = " AND ".join(f"({check.expression}) IS NOT FALSE" for check in checks) or "1 = 1"
        numbers = [f"i{place}" for place in range(len(slots))]
        sql = (
            f"SELECT {', '.join(numbers)} FROM ({inner}) t WHERE {wanted}"
            f" ORDER BY {' + '.join(numbers)} LIMIT {_SOLUTIONS}"
        )
        return [tuple(int(str(number)) for number in row) for row in self.query(sql)]

    def _selects(
        self, table: Table, slot: Slot, place: int, chosen: Iterable[int]
    ) -> Iterator[str]:
        for index in chosen:
            values = (
                f"{self.source.typed(table.column(name).type, value)} AS {self.source.quote(name)}"
                for name, value in zip(slot.columns, slot.options[index], strict=True)
            )
            yield f"SELECT {index} AS i{place}, {', '.join(values)}"
