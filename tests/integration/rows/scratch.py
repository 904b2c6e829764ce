"""A database with a schema, and a filler for it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alembic_ci.database.control import Control
from alembic_ci.database.rows import RowFiller


@dataclass
class Scratch:
    """One scratch database under test; *queries* counts what was asked of it."""

    control: Control

    def __post_init__(self) -> None:
        self.filler = RowFiller(
            lambda: self.control, version_table="alembic_version", version_schema=None
        )

    def run(self, *scripts: str) -> None:
        """Run scripts whose statements end at a line's end."""
        for script in scripts:
            for statement in re.split(r";\n", script):
                if statement.strip():
                    self.control.execute(statement)

    def counts(self, tables: Iterable[str]) -> dict[str, int]:
        """Return the number of rows of each table, given as SQL."""
        return {
            table: int(str(self.control.query(f"SELECT count(*) FROM {table}")[0][0]))
            for table in tables
        }

    def column(self, table: str, column: str) -> list[str | None]:
        """Return the values of a column as the filler reads them."""
        contents = self.filler.contents([table])[table]
        place = contents.columns.index(column)
        return [row[place] for row in contents.rows]

    def reasons(self) -> dict[str, str]:
        """Fill everything, and return why tables have too few rows."""
        return {unfilled.table: unfilled.reason for unfilled in self.filler.fill()}

    def empty_columns(self, table: str) -> list[str]:
        """Return the columns that hold nothing at all, or that never hold NULL."""
        contents = self.filler.contents([table])[table]
        columns = zip(contents.columns, zip(*contents.rows, strict=True), strict=True)
        return [name for name, values in columns if not any(v is not None for v in values)]
