"""Which database comes next, and why some never do."""

import pytest

from alembic_ci.fleet.turns import Turns, canaries

_NAMES = ("a", "b", "c", "d")


def _taken(turns: Turns) -> list[int]:
    return list(iter(turns.take, None))


def test_databases_come_in_order() -> None:
    turns = Turns(_NAMES)

    assert _taken(turns) == [0, 1, 2, 3]
    assert not turns.left_out()


def test_nothing_is_handed_out_before_every_canary_has_passed() -> None:
    turns = Turns(_NAMES, canaries={1, 3})

    assert _taken(turns) == [1, 3]
    turns.done(1, failed=False)
    assert _taken(turns) == []
    turns.done(3, failed=False)
    assert _taken(turns) == [0, 2]


def test_after_a_canary_has_failed_the_rest_is_left_out() -> None:
    turns = Turns(_NAMES, canaries={0, 1})

    assert turns.take() == 0
    turns.done(0, failed=True)

    assert turns.take() is None
    assert dict(turns.left_out()) == dict.fromkeys((1, 2, 3), "the canary a failed")


def test_so_many_failures_and_no_more() -> None:
    turns = Turns(_NAMES, max_failures=2)

    assert turns.take() == 0
    turns.done(0, failed=True)
    assert turns.take() == 1
    turns.done(1, failed=True)

    assert turns.take() is None
    assert set(turns.left_out()) == {2, 3}
    assert "--max-failures" in turns.left_out()[2]


def test_the_first_reason_to_stop_counts() -> None:
    turns = Turns(_NAMES)

    turns.stop("one")
    turns.stop("two")

    assert set(turns.left_out().values()) == {"one"}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ((), ()),
        (("b", "d"), (1, 3)),
        (("2",), (0, 1)),
        (("9",), (0, 1, 2, 3)),
        (("elsewhere",), ()),
    ],
)
def test_canaries_are_named_or_counted(wanted: tuple[str, ...], expected: tuple[int, ...]) -> None:
    assert canaries(wanted, _NAMES) == frozenset(expected)


def test_a_label_that_is_a_number_is_a_label() -> None:
    assert canaries(("2",), ("1", "2", "3")) == {1}
