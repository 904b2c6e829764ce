"""Values fit their types, differ from row to row, and are long or large in one row."""

from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.database.rows.made import made
from alembic_ci.database.rows.spelling import array, composite, numbered
from alembic_ci.database.rows.tables import Column, Family, Type

_NUMBERS = range(3)


def _values(kind: Type, *, name: str = "name", rows: int = 3) -> list[str]:
    column = Column(name=name, type=kind, salt=7)
    return [made(column, number) for number in range(rows)]


@given(st.integers(min_value=1, max_value=500), st.text(min_size=1, max_size=30))
def test_texts_fit_and_one_is_as_long_as_can_be(length: int, name: str) -> None:
    values = _values(Type(family=Family.TEXT, sql="varchar", length=length), name=name)

    assert len({value.lower() for value in values}) == 3
    assert max(map(len, values)) <= length


def test_the_second_text_fills_the_column() -> None:
    values = _values(Type(family=Family.TEXT, sql="varchar", length=50))

    assert [len(value) for value in values] == [6, 50, 6]


@given(st.sampled_from([7, 8, 15, 16, 23, 24, 31, 32, 63, 64]), st.integers(0, 30))
def test_integers_fit(bits: int, number: int) -> None:
    kind = Type(family=Family.INTEGER, sql="int", low=0, high=2**bits - 1)

    value = int(made(Column(name="n", type=kind, salt=49), number))

    assert 0 <= value < 2**bits


def test_one_integer_does_not_fit_into_the_next_smaller_type() -> None:
    for bits, smaller in ((63, 31), (31, 15), (15, 7)):
        high = 2**bits - 1
        values = _values(Type(family=Family.INTEGER, sql="int", low=-high - 1, high=high))

        assert max(map(int, values)) > 2**smaller


@given(st.integers(1, 30), st.integers(0, 30), st.integers(0, 20))
def test_decimals_fit(length: int, scale: int, number: int) -> None:
    scale = min(scale, length)
    kind = Type(family=Family.DECIMAL, sql="numeric", length=length, scale=scale)

    whole, _, fraction = made(Column(name="n", type=kind, salt=49), number).partition(".")

    assert len(whole.lstrip("0")) <= length - scale
    assert len(fraction) == scale


def test_ranges_do_not_overlap() -> None:
    inner = Type(family=Family.INTEGER, sql="integer", high=2**31 - 1)

    values = _values(Type(family=Family.RANGE, sql="int4range", parts=(inner,)))

    assert values == ['["1","6")', '["11","16")', '["21","26")']


def test_names_give_hints() -> None:
    values = _values(Type(family=Family.TEXT, sql="text"), name="Email_Address")

    assert values == ["user1@example.com", "user2@example.com", "user3@example.com"]


def test_sets_and_enums_take_their_labels() -> None:
    labels = ("a", "b")

    assert _values(Type(family=Family.SET, sql="set", labels=labels)) == ["a", "b", "a,b"]
    assert _values(Type(family=Family.ENUM, sql="enum", labels=labels)) == ["a", "b", "a"]


def test_numbers_are_padded_to_the_width_of_the_pattern() -> None:
    assert numbered("a####-#", 12) == "a0012-12"


def test_compounds_are_quoted() -> None:
    assert array(['a"b', "c\\d"]) == '{"a\\"b","c\\\\d"}'
    assert composite(["a", "b,c"]) == '("a","b,c")'
