"""Fill every table of a scratch database with a few made rows."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from alembic_ci.database.control import Control
from alembic_ci.database.rows.choices import Maker
from alembic_ci.database.rows.contents import Contents, read_contents
from alembic_ci.database.rows.duplicating import Duplicate, Duplicator
from alembic_ci.database.rows.inserting import Inserter, parted
from alembic_ci.database.rows.order import groups
from alembic_ci.database.rows.reading import Reader
from alembic_ci.database.rows.ring import Ring
from alembic_ci.database.rows.solver import Solver
from alembic_ci.database.rows.source import Source
from alembic_ci.database.rows.sources import source_of
from alembic_ci.database.rows.tables import Table, TableName, Unfilled
from alembic_ci.database.rows.updating import Updater


class RowFiller:
    """Makes rows in one scratch database, through the tool's own connection to it.

    *control* returns that connection (it may be another one after a restart). Alembic's version
    table, and it alone, is never touched; *version_schema* is None for the usual schema.
    """

    def __init__(
        self,
        control: Callable[[], Control],
        *,
        rows: int = 3,
        version_table: str,
        version_schema: str | None,
    ) -> None:
        self._control = control
        self._rows = rows
        self._version_table = version_table
        self._version_schema = version_schema
        self._known: tuple[Control, Source] | None = None

    def fill(self, tables: Collection[TableName] | None = None) -> tuple[Unfilled, ...]:
        """Let every table have some rows, and say which have too few, and why.

        With *tables*, only those, the empty ones they refer to, and nothing that costs more the
        more tables there are. Nullable columns that hold nothing get values too.
        """
        return self.filled(tables)[0]

    def filled(
        self,
        tables: Collection[TableName] | None = None,
        definitions: Mapping[TableName, Table] | None = None,
    ) -> tuple[tuple[Unfilled, ...], Mapping[TableName, Table]]:
        """Do what `fill` does, and also return the definitions of all tables it looked at.

        With *definitions*, those of *tables* are known already.
        """
        if tables is not None and not tables:
            return (), {}
        control = self._control()
        filling = _Filling(control=control, source=self._source(control), rows=self._rows)
        return filling.run(tables, definitions), filling.tables

    def duplicate(self, table: TableName, words: Collection[str], condition: str = "") -> Duplicate:
        """Let two rows of *table* have the same values in the columns that *words* name.

        Both meet *condition*, if there is one.
        """
        self.fill([table])
        control = self._control()
        source = self._source(control)
        found = source.tables([table]).get(table)
        if found is None:
            return Duplicate()
        filling = _Filling(control=control, source=source, rows=self._rows)
        return Duplicator(inserter=filling.inserter()).duplicate(found, words, condition)

    def definitions(self, tables: Collection[TableName] | None = None) -> Mapping[TableName, Table]:
        """Read from the catalogue how the named tables are made, or all."""
        return self._source(self._control()).tables(tables)

    def contents(self, tables: Collection[TableName] | None = None) -> Contents:
        """Read the first rows of the named tables, or of all."""
        return self.contents_of(self.definitions(tables))

    def contents_of(self, definitions: Mapping[TableName, Table]) -> Contents:
        """Read the first rows of tables that are made like this."""
        control = self._control()
        return read_contents(control.query, self._source(control), definitions)

    def _source(self, control: Control) -> Source:
        if self._known is None or self._known[0] is not control:
            source = source_of(
                control, version_table=self._version_table, version_schema=self._version_schema
            )
            self._known = (control, source)
        return self._known[1]


@dataclass(slots=True, kw_only=True)
class _Filling:
    """One call of `RowFiller.fill`; *tables* are those it looked at.

    *_reasons* is why a table that had too few rows could not be filled, or empty.
    """

    control: Control
    source: Source
    rows: int
    tables: Mapping[TableName, Table] = field(default_factory=dict)
    _reasons: dict[TableName, str] = field(default_factory=dict)

    def run(
        self,
        names: Collection[TableName] | None,
        definitions: Mapping[TableName, Table] | None,
    ) -> tuple[Unfilled, ...]:
        for sql in self.source.preparation:
            self.control.query(sql)
        inserter = self.inserter()
        reader = inserter.reader
        self.tables = tables = self._in_scope(reader, names, definitions)
        counts = self._counts(reader, tables)
        had_rows = {name for name, count in counts.items() if count}
        needs = {name: _needs(table) for name, table in tables.items()}
        for cycle in groups(needs):
            self._fill_group(inserter, {name: tables[name] for name in cycle}, counts)
            if any(name in needs[name] for name in cycle) or len(cycle) > 1:
                had_rows.update(cycle)  # some references had to wait
        after = self._counts(reader, tables) if self._reasons else counts
        Updater(inserter=inserter).fill_empty_columns(
            [t for n, t in tables.items() if n in had_rows and after.get(n) and not t.leaves]
        )
        return tuple(self._unfilled(tables, after))

    def inserter(self) -> Inserter:
        """Return what puts rows into single tables."""
        reader = Reader(query=self.control.query, source=self.source, rows=self.rows)
        return Inserter(
            control=self.control,
            source=self.source,
            maker=Maker(rows=self.rows, literal=self.source.literal),
            reader=reader,
            solver=Solver(query=self.control.query, source=self.source, rows=self.rows),
        )

    def _in_scope(
        self,
        reader: Reader,
        names: Collection[TableName] | None,
        definitions: Mapping[TableName, Table] | None,
    ) -> Mapping[TableName, Table]:
        """Read the named tables, and those without rows that they refer to."""
        tables = dict(self.source.tables(names) if definitions is None else definitions)
        looked_at = set(tables)
        while names is not None:
            parents = {
                key.parent: key.parent_sql
                for table in tables.values()
                for key in table.foreign_keys
                if key.parent not in looked_at
            }
            if not parents:
                break
            looked_at |= parents.keys()
            counts = reader.counts(parents)
            tables |= self.source.tables([name for name in parents if not counts.get(name)])
        return tables

    def _counts(self, reader: Reader, tables: Mapping[TableName, Table]) -> dict[TableName, int]:
        return reader.counts({name: table.sql for name, table in tables.items()})

    def _fill_group(
        self,
        inserter: Inserter,
        tables: Mapping[TableName, Table],
        counts: Mapping[TableName, int],
    ) -> None:
        """Fill tables that refer to each other, the ones that must before the ones that may."""
        required = {name: _needs(table, required=True) for name, table in tables.items()}
        for cycle in groups(required):
            wanting = [
                tables[name]
                for name in cycle
                if not tables[name].leaves
                and not tables[name].obstacle
                and counts.get(name, self.rows) < self.rows
            ]
            circular = len(cycle) > 1 or cycle[0] in required[cycle[0]]
            if circular and wanting and any(inserter.available(table)[1] for table in wanting):
                reason = Ring(inserter, wanting).insert()
                self._reasons |= dict.fromkeys((table.name for table in wanting), reason)
                continue
            for table in wanting:
                self._reasons[table.name] = inserter.insert(table, counts[table.name])

    def _unfilled(
        self, tables: Mapping[TableName, Table], counts: Mapping[TableName, int]
    ) -> Iterator[Unfilled]:
        for name, table in tables.items():
            if name not in counts:
                yield Unfilled(table=name, reason="this user may not read it")
            elif counts[name] < self.rows and not any(leaf in tables for leaf in table.leaves):
                reason = table.obstacle or parted(self._reasons, name)
                yield Unfilled(table=name, reason=reason, rows=counts[name])


def _needs(table: Table, *, required: bool = False) -> set[TableName]:
    keys = (key for key in table.foreign_keys if not (required and table.nullable(key)))
    return {*table.leaves, *(key.parent for key in keys)}
