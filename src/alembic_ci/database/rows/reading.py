"""Questions about the rows that are there already."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.rows.choices import Option
from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.tables import NULL, Column, ForeignKey, Table
from alembic_ci.database.tracking import Query

Item = TypeVar("Item")

_AT_ONCE = 200  # tables in one statement; SQLite allows 500


@dataclass(slots=True, kw_only=True)
class Reader:
    """Counts rows and reads keys; *rows* is how many a table is to have."""

    query: Query
    source: Source
    rows: int
    _keys: dict[tuple[str, tuple[str, ...]], list[Option]] = field(default_factory=dict)

    def counts(self, sources: Mapping[str, str]) -> dict[str, int]:
        """Return how many rows there are, up to those wanted, for quoted names by any name.

        A table that may not be read is left out.
        """
        counted: dict[str, int] = {}
        for names in _chunks(list(sources), _AT_ONCE):
            counted |= self._counted({name: sources[name] for name in names})
        return counted

    def _counted(self, sources: Mapping[str, str]) -> dict[str, int]:
        names = list(sources)
        sql = " UNION ALL ".join(
            f"SELECT {place}, count(*) FROM (SELECT 1 FROM {sources[name]} LIMIT {self.rows}) t"
            for place, name in enumerate(names)
        )
        try:
            return {names[int(str(place))]: int(str(count)) for place, count in self.query(sql)}
        except StatementInterruptedError:
            raise
        except StatementError:
            if len(names) == 1:
                return {}
        counted: dict[str, int] = {}
        for name in names:
            counted |= self._counted({name: sources[name]})
        return counted

    def parents(self, table: Table, key: ForeignKey) -> list[Option]:
        """Return what *key* may point to, as literals, in a fixed order; at most a few."""
        known = (key.parent, key.targets)
        if known not in self._keys:
            columns = [table.column(name) for name in key.columns]
            self._keys[known] = self._options(key.parent_sql, columns, key.targets)
        return self._keys[known]

    def forget(self, parent: str) -> None:
        """Read the keys of *parent* again when they are needed."""
        for known in [known for known in self._keys if known[0] == parent]:
            del self._keys[known]

    def taken(self, table: Table) -> set[tuple[tuple[str, ...], Option]]:
        """Return the values that each unique key holds."""
        return {
            (key, tuple(value.lower() for value in option))
            for key in table.keys
            for option in self._options(table.sql, [table.column(name) for name in key], key)
        }

    def values(self, table: Table, names: Sequence[str]) -> list[Option]:
        """Return what rows hold in these columns, as literals, where none of them is NULL."""
        return self._options(table.sql, [table.column(name) for name in names], names)

    def empty_columns(self, tables: Collection[Table]) -> dict[str, list[Column]]:
        """Return the nullable columns that hold nothing, for each table that has any."""
        asked = [(t, c) for t in tables for c in t.columns if c.nullable and c.ours]
        empty: dict[str, list[Column]] = {}
        for chunk in _chunks(asked, _AT_ONCE):
            sql = " UNION ALL ".join(
                f"SELECT {place} AS place, EXISTS (SELECT 1 FROM {table.sql}"
                f" WHERE {self.source.quote(column.name)} IS NOT NULL) AS used"
                for place, (table, column) in enumerate(chunk)
            )
            for place, used in self.query(sql):
                table, column = chunk[int(str(place))]
                if not used:
                    empty.setdefault(table.name, []).append(column)
        return empty

    def _options(self, sql: str, columns: Sequence[Column], names: Sequence[str]) -> list[Option]:
        quoted = [self.source.quote(name) for name in names]
        texts = [self.source.shown(c.type, q) for c, q in zip(columns, quoted, strict=True)]
        present = " AND ".join(f"{name} IS NOT NULL" for name in quoted)
        rows = self.query(
            f"SELECT DISTINCT {', '.join(texts)} FROM {sql} WHERE {present}"
            f" ORDER BY {', '.join(str(place + 1) for place in range(len(texts)))}"
            f" LIMIT {self.rows + 2}"
        )
        return [
            tuple(
                NULL if value is None else self.source.literal(column.type, str(value))
                for column, value in zip(columns, row, strict=True)
            )
            for row in rows
        ]


def _chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    return (items[start : start + size] for start in range(0, len(items), size))
