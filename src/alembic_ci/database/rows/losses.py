"""Which values a change of the schema lost: two contents compared, without a database."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alembic_ci.database.rows.contents import Contents, TableContents
from alembic_ci.database.rows.meaning import meaning
from alembic_ci.database.rows.tables import TableName

Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Values that are gone: *lost* of the *of* rows, of one column, or the rows themselves."""

    table: TableName
    column: str | None
    lost: int
    of: int


def losses(before: Contents, after: Contents) -> tuple[Loss, ...]:
    """Return what was there before and is not any more.

    Rows are matched by primary key where its columns and values survive, else each column is
    compared as a multiset. A NULL is no value and cannot be lost. Columns and tables that have a
    new name but hold the same values lost nothing, nor does a value that means the same in
    another type. Rows past the limit of `contents` count as kept.
    """
    found = []
    moved = [
        values for name, table in after.items() for values in _new_columns(before, name, table)
    ]
    for name, table in before.items():
        if table.rows:
            found += list(_table_losses(name, table, after.get(name), moved))
    return tuple(found)


def _table_losses(
    name: TableName, before: TableContents, after: TableContents | None, moved: list[Counter[str]]
) -> Iterator[Loss]:
    total = len(before.rows)
    if after is None:
        gone = [c for c in before.columns if not _held(_values(before, c), moved)]
        if any(_values(before, column) for column in gone) or not any(map(any, before.rows)):
            yield Loss(table=name, column=None, lost=total, of=total)
        return
    pairs = _pairs(before, after)
    rows_lost = _rows_lost(before, after, pairs)
    if rows_lost:
        yield Loss(table=name, column=None, lost=rows_lost, of=total)
    for column in before.columns:
        if rows_lost == total:
            return
        lost = _values_lost(before, after, column, pairs, rows_lost=rows_lost)
        if lost and not _held(_values(before, column), moved):
            yield Loss(table=name, column=column, lost=lost, of=total)


def _rows_lost(
    before: TableContents, after: TableContents, pairs: list[tuple[Values, Values]] | None
) -> int:
    if not after.complete:
        return 0
    kept = len(after.rows) if pairs is None else len(pairs)
    return max(0, len(before.rows) - kept)


def _values_lost(
    before: TableContents,
    after: TableContents,
    column: str,
    pairs: list[tuple[Values, Values]] | None,
    *,
    rows_lost: int,
) -> int:
    """Return how many values of rows that are still there are not."""
    old = before.columns.index(column)
    if column not in after.columns:
        kept_rows = before.rows if pairs is None else [row for row, _ in pairs]
        lost = sum(row[old] is not None for row in kept_rows)
        return max(0, lost - (rows_lost if pairs is None else 0))
    new = after.columns.index(column)
    if pairs is not None:
        return sum(was[old] is not None and not _same(was[old], now[new]) for was, now in pairs)
    if not after.complete:
        return 0
    return max(0, (_values(before, column) - _values(after, column)).total() - rows_lost)


def _same(was: str | None, now: str | None) -> bool:
    return was == now or (was is not None and now is not None and meaning(was) == meaning(now))


def _pairs(before: TableContents, after: TableContents) -> list[tuple[Values, Values]] | None:
    """Match rows by the old primary key; None where it does not survive."""
    if not before.key or not set(before.key) <= set(after.columns):
        return None
    now = {_key(after, before.key, row): row for row in after.rows}
    if len(now) < len(after.rows):
        return None
    keys = ((_key(before, before.key, row), row) for row in before.rows)
    pairs = [(row, now[key]) for key, row in keys if key in now]
    return pairs or (None if after.rows else [])


def _key(table: TableContents, names: tuple[str, ...], row: Values) -> tuple[str, ...]:
    places = (table.columns.index(name) for name in names)
    return tuple(meaning(row[place] or "") for place in places)


def _values(table: TableContents, column: str) -> Counter[str]:
    place = table.columns.index(column)
    return Counter(meaning(row[place] or "") for row in table.rows if row[place] is not None)


def _new_columns(before: Contents, name: TableName, table: TableContents) -> Iterator[Counter[str]]:
    """Yield the values of each column that did not exist before."""
    old = before[name].columns if name in before else ()
    for column in table.columns:
        if column not in old:
            yield _values(table, column)


def _held(values: Mapping[str, int], places: list[Counter[str]]) -> bool:
    """Tell whether some new column holds all the values."""
    return any(all(place[text] >= count for text, count in values.items()) for place in places)
