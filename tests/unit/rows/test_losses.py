"""What counts as a loss, without a database."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.database.rows import Contents, Loss, TableContents, losses

_VALUES = st.one_of(st.none(), st.text(max_size=5), st.integers().map(str))


def _table(*rows: tuple[str | None, ...], key: tuple[str, ...] = ("id",)) -> TableContents:
    return TableContents(columns=("id", "note"), key=key, rows=rows)


ORDERS = _table(("1", "a"), ("2", "b"), ("3", None))


def _without_note(table: TableContents) -> TableContents:
    return replace(table, columns=("id",), rows=tuple(row[:1] for row in table.rows))


@st.composite
def tables(draw: st.DrawFn) -> TableContents:
    width = draw(st.integers(min_value=1, max_value=4))
    rows = draw(st.lists(st.tuples(*[_VALUES] * width), max_size=6))
    keyed = tuple((str(number), *row) for number, row in enumerate(rows))
    columns = ("id", *(f"c{number}" for number in range(width)))
    return TableContents(columns=columns, key=draw(st.sampled_from([("id",), ()])), rows=keyed)


contents = st.dictionaries(st.sampled_from(["a", "b", "s.c"]), tables(), max_size=3)


def test_a_dropped_column_loses_its_values() -> None:
    found = losses({"orders": ORDERS}, {"orders": _without_note(ORDERS)})

    assert found == (Loss(table="orders", column="note", lost=2, of=3),)


def test_a_column_made_again_has_lost_its_values() -> None:
    again = _table(("1", None), ("2", None), ("3", None))

    found = losses({"orders": ORDERS}, {"orders": again})

    assert found == (Loss(table="orders", column="note", lost=2, of=3),)


def test_an_empty_column_loses_nothing() -> None:
    empty = _table(("1", None), ("2", None))

    assert losses({"orders": empty}, {"orders": _without_note(empty)}) == ()


@pytest.mark.parametrize("after", [{}, {"orders": _table()}])
def test_a_table_dropped_or_emptied_loses_all_rows(after: Contents) -> None:
    found = losses({"orders": ORDERS}, after)

    assert found == (Loss(table="orders", column=None, lost=3, of=3),)


def test_rows_that_are_gone_are_counted_once() -> None:
    found = losses({"orders": ORDERS}, {"orders": _table(("2", "b"), ("3", None))})

    assert found == (Loss(table="orders", column=None, lost=1, of=3),)


def test_rows_without_a_key_are_compared_as_a_multiset() -> None:
    before = _table(("1", "a"), ("1", "a"), ("2", "b"), key=())
    after = _table(("2", "b"), ("1", "a"), ("1", "x"), key=())

    found = losses({"orders": before}, {"orders": after})

    assert found == (Loss(table="orders", column="note", lost=1, of=3),)


def test_a_new_key_makes_the_old_one_lost_and_nothing_else() -> None:
    after = _table(("u1", "a"), ("u2", "b"), ("u3", None))

    found = losses({"orders": ORDERS}, {"orders": after})

    assert found == (Loss(table="orders", column="id", lost=3, of=3),)


def test_a_truncated_value_is_lost() -> None:
    before = _table(("1", "abcdef"), ("2", "abc"))
    after = _table(("1", "abc"), ("2", "abc"))

    found = losses({"orders": before}, {"orders": after})

    assert found == (Loss(table="orders", column="note", lost=1, of=2),)


def test_a_renamed_column_loses_nothing() -> None:
    renamed = replace(ORDERS, columns=("id", "remark"))

    assert losses({"orders": ORDERS}, {"orders": renamed}) == ()


def test_a_renamed_table_loses_nothing() -> None:
    assert losses({"orders": ORDERS}, {"purchases": ORDERS}) == ()


def test_a_column_moved_to_a_new_table_loses_nothing() -> None:
    moved = TableContents(columns=("order_id", "note"), key=(), rows=ORDERS.rows)

    assert losses({"orders": ORDERS}, {"orders": _without_note(ORDERS), "notes": moved}) == ()


def test_rows_past_the_limit_count_as_kept() -> None:
    after = replace(_table(("0", "x"), ("1", "a")), complete=False)

    assert losses({"orders": ORDERS}, {"orders": after}) == ()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("1", "1.0"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("true", "1"),
        ("f", "0"),
        ("2021-03-04", "2021-03-04 00:00:00"),
        ("2021-03-04 05:06:07.120", "2021-03-04T05:06:07.12+00:00"),
        ("05:06:07.000", "05:06:07"),
        ("00000000-0000-4000-8000-00000000000A", "0000000000004000800000000000000a"),
        ('{"b": 1, "a": [1, 2]}', '{"a":[1,2],"b":1}'),
        ("ab", "ab   "),
    ],
)
def test_a_new_type_alone_loses_nothing(was: str, now: str) -> None:
    assert losses({"t": _table(("1", was))}, {"t": _table(("1", now))}) == ()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("1.5", "2"),
        ("007", "7"),
        ("2021-03-04 05:06:07", "2021-03-04"),
        ("2021-03-04 05:06:07.5", "2021-03-04 05:06:07"),
        ("4294967297", "1"),
        ('{"a": 1}', '{"a": 2}'),
        ("x", ""),
    ],
)
def test_a_type_that_holds_less_loses(was: str, now: str) -> None:
    assert losses({"t": _table(("1", was))}, {"t": _table(("1", now))}) == (
        Loss(table="t", column="note", lost=1, of=1),
    )


@given(contents)
def test_nothing_is_lost_where_nothing_changed(same: dict[str, TableContents]) -> None:
    assert losses(same, same) == ()


@given(contents, contents)
def test_no_more_is_lost_than_there_was(before: Contents, after: Contents) -> None:
    for loss in losses(before, after):
        assert 0 < loss.lost <= loss.of == len(before[loss.table].rows)
        assert loss.column is None or loss.column in before[loss.table].columns


@given(contents, tables())
def test_new_tables_and_columns_lose_nothing(
    before: dict[str, TableContents], new: TableContents
) -> None:
    wider = {
        name: replace(
            table,
            columns=(*table.columns, "new"),
            rows=tuple((*row, "default") for row in table.rows),
        )
        for name, table in before.items()
    }

    assert losses(before, wider | {"new": new}) == ()


@given(contents)
def test_the_order_of_rows_means_nothing(before: dict[str, TableContents]) -> None:
    turned = {n: replace(t, rows=tuple(reversed(t.rows))) for n, t in before.items()}

    assert losses(before, turned) == ()


@given(contents)
def test_everything_is_lost_with_the_tables(before: dict[str, TableContents]) -> None:
    lost = {loss.table for loss in losses(before, {})}

    assert lost == {name for name, table in before.items() if table.rows}
