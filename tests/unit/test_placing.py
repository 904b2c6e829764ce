"""How far a change got, from schemas alone."""

import pytest

from alembic_ci.delta import ObjectKey
from alembic_ci.model import Presence
from alembic_ci.steps.doctor.essence import Essence, essence
from alembic_ci.steps.doctor.placing import Placing, narrowed, placed


def schema(*tables: str) -> Essence:
    return {ObjectKey("table", "", name): {} for name in tables}


STATES = (schema("a"), schema("a", "b"), schema("a", "b"), schema("a", "b", "c"))
HIDDEN = (False, True, False)


@pytest.mark.parametrize(
    ("live", "least", "most"),
    [(("a", "b"), 1, 2), (("a", "b", "c"), 3, 3), (("a", "b", "by_hand"), 1, 2)],
)
def test_the_schema_tells_how_many_statements_are_in(
    live: tuple[str, ...], least: int, most: int
) -> None:
    assert placed(STATES, schema(*live), HIDDEN) == Placing(least=least, most=most)


def test_nothing_is_half_applied_where_the_schema_is_that_before() -> None:
    assert placed(STATES, schema("a", "by_hand"), HIDDEN) is None


def test_a_schema_that_no_statement_leads_to_tells_nothing() -> None:
    assert placed(STATES, schema("a", "c"), HIDDEN) is None


def test_what_changes_neither_schema_nor_rows_is_taken_as_run() -> None:
    placing = placed(STATES, schema("a", "b"), (False, False, False))

    assert placing is not None
    assert placing.count == 2


@pytest.mark.parametrize(
    ("rows", "count"), [((0, 3), 1), ((3, 3), 2), ((2, 3), None), (None, None)]
)
def test_rows_of_a_new_table_decide_what_the_schema_does_not(
    rows: tuple[int, int] | None, count: int | None
) -> None:
    assert narrowed(Placing(least=1, most=2), lambda _: rows).count == count


def test_each_statement_is_in_missing_or_undecided() -> None:
    placing = Placing(least=1, most=2)

    presences = [placing.presence(number) for number in (1, 2, 3)]

    assert presences == [Presence.IN, Presence.UNDECIDED, Presence.MISSING]


def test_an_invalid_index_counts_as_absent() -> None:
    key = ObjectKey("index", "a", "ix")

    assert essence({key: {"valid": "INVALID"}}) == {}
    assert essence({key: {"owner": "x", "definition": "y"}}) == {key: {"definition": "y"}}
