"""Rows keep keys unique and references consistent."""

import pytest

from alembic_ci.database.rows.choices import Chooser, KeysUsedUpError, Maker, Slot, together
from alembic_ci.database.rows.tables import Column, Family, ForeignKey, Table, Type

_INTEGER = Type(family=Family.INTEGER, sql="int", low=-(2**31), high=2**31 - 1)
_BOOLEAN = Type(family=Family.BOOLEAN, sql="boolean")
MAKER = Maker(rows=3, literal=lambda _, text: text)


def _table(*columns: Column, keys: tuple[tuple[str, ...], ...] = ()) -> Table:
    return Table(name="t", sql="t", target="t", columns=columns, keys=keys)


def test_the_last_row_has_nulls() -> None:
    slots = MAKER.slots(_table(Column(name="n", type=_INTEGER)), {})

    rows = list(Chooser(slots, (), set()).rows(range(3)))

    assert [row["n"] for row in rows] == ["1", "16777217", "NULL"]


def test_columns_of_the_database_are_left_alone() -> None:
    automatic = Column(name="id", type=_INTEGER, automatic=True)
    generated = Column(name="g", type=_INTEGER, expression="id * 2")

    assert MAKER.slots(_table(automatic, generated), {}) == ()


def test_small_types_are_combined_to_keep_a_key_unique() -> None:
    columns = [Column(name=name, type=_BOOLEAN, nullable=False) for name in "ab"]
    table = _table(*columns, keys=(("a", "b"),))

    rows = list(Chooser(MAKER.slots(table, {}), table.keys, set()).rows(range(3)))

    assert len({(row["a"], row["b"]) for row in rows}) == 3


def test_a_key_that_is_used_up_is_named() -> None:
    table = _table(Column(name="a", type=_BOOLEAN, nullable=False), keys=(("a",),))
    chooser = Chooser(MAKER.slots(table, {}), table.keys, set())

    with pytest.raises(KeysUsedUpError, match="no further distinct values for a"):
        list(chooser.rows(range(3)))


def test_values_that_are_taken_are_avoided() -> None:
    table = _table(Column(name="a", type=_BOOLEAN, nullable=False), keys=(("a",),))
    chooser = Chooser(MAKER.slots(table, {}), table.keys, {(("a",), ("true",))})

    assert list(chooser.rows([0])) == [{"a": "false"}]


def test_references_that_share_a_column_agree_on_it() -> None:
    columns = [Column(name=name, type=_INTEGER, nullable=False) for name in ("tenant", "user")]
    tenant = ForeignKey(columns=("tenant",), parent="x", parent_sql="x", targets=("id",))
    user = ForeignKey(
        columns=("tenant", "user"), parent="y", parent_sql="y", targets=("tenant", "id")
    )

    (slot,) = MAKER.slots(
        _table(*columns), {tenant: [("1",), ("2",)], user: [("2", "7"), ("3", "8")]}
    )

    assert slot == Slot(("tenant", "user"), (("2", "7"),))


def test_slots_without_a_shared_column_are_multiplied() -> None:
    joined = together(Slot(("a",), (("1",), ("2",))), Slot(("b",), (("3",), ("4",))))

    assert joined.columns == ("a", "b")
    assert set(joined.options) == {("1", "3"), ("1", "4"), ("2", "3"), ("2", "4")}
