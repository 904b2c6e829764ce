"""Tables come after what they need."""

from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.database.rows.order import groups

_NAMES = st.sampled_from("abcdef")


def test_a_chain_longer_than_the_stack_is_ordered() -> None:
    chain = {str(number): {str(number + 1)} for number in range(5000)}

    assert [name for (name,) in groups(chain)] == [str(number) for number in range(4999, -1, -1)]


def test_a_cycle_is_one_group() -> None:
    found = list(groups({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}}))

    assert [set(group) for group in found] == [{"b", "c"}, {"a"}, {"d"}]


@given(st.dictionaries(_NAMES, st.frozensets(_NAMES)))
def test_what_is_needed_comes_first_or_together(needs: dict[str, frozenset[str]]) -> None:
    place = {name: number for number, group in enumerate(groups(needs)) for name in group}

    assert place.keys() == needs.keys()
    for name, needed in needs.items():
        assert all(place[other] <= place[name] for other in needed if other in needs)
