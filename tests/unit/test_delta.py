from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.delta import Attributes, Change, Delta, ObjectKey, Snapshot

KEYS = [ObjectKey("column", "users", name) for name in "abcd"]
SNAPSHOTS = st.dictionaries(
    st.sampled_from(KEYS), st.dictionaries(st.sampled_from(["type"]), st.sampled_from("xy"))
)


def applied(snapshot: Snapshot, delta: Delta) -> Snapshot:
    state: dict[ObjectKey, Attributes] = dict(snapshot)
    for key, change in delta.changes.items():
        if change.after is None:
            del state[key]
        else:
            state[key] = change.after
    return state


@given(SNAPSHOTS, SNAPSHOTS)
def test_a_delta_leads_from_one_snapshot_to_the_other(before: Snapshot, after: Snapshot) -> None:
    assert applied(before, Delta.between(before, after)) == after


@given(SNAPSHOTS, SNAPSHOTS, SNAPSHOTS)
def test_two_deltas_in_a_row_are_the_delta_of_the_ends(
    first: Snapshot, second: Snapshot, third: Snapshot
) -> None:
    joined = Delta.between(first, second).then(Delta.between(second, third))

    assert joined == Delta.between(first, third)


@given(SNAPSHOTS, SNAPSHOTS)
def test_a_delta_and_its_way_back_are_nothing(before: Snapshot, after: Snapshot) -> None:
    assert not Delta.between(before, after).then(Delta.between(after, before))


def test_an_object_is_named_with_its_table() -> None:
    assert str(ObjectKey("column", "users", "email")) == "column users.email"
    assert str(ObjectKey("table", "", "users")) == "table users"


def test_a_delta_that_holds_a_change_is_true() -> None:
    assert Delta({KEYS[0]: Change(None, {})})
    assert not Delta({})
