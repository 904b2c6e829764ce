"""What filling tables needs of a dialect."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from alembic_ci.database.rows.tables import Column, Table, TableName, Type


class Source(Protocol):
    """One dialect's catalogue and spelling."""

    @property
    def row_address(self) -> str:
        """The expression for where a row lies, empty where there is none."""

    @property
    def preparation(self) -> tuple[str, ...]:
        """What a session is told before rows are made."""

    def tables(self, names: Collection[TableName] | None) -> Mapping[TableName, Table]:
        """Read the named tables, or all; what does not exist is left out."""

    def quote(self, name: str) -> str:
        """Return *name* as an identifier."""

    def literal(self, kind: Type, text: str) -> str:
        """Write the text of a value as SQL."""

    def typed(self, kind: Type, literal: str) -> str:
        """Return *literal* as an expression of that type, where the dialect cares."""

    def shown(self, kind: Type, expression: str) -> str:
        """Return the expression for a value's text, which `literal` turns into the same value."""

    def insert(self, table: Table, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        """Return the statement that inserts rows, of which any may number columns explicitly."""

    def together(self, statements: Sequence[str]) -> Sequence[str]:
        """Return what runs INSERTs so that references are looked at after the last one.

        Nothing when the dialect cannot.
        """

    def numbers(self, table: Table, column: Column, count: int) -> str:
        """Return the query for the next numbers of an automatic column, one a row."""
