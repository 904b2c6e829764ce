from dataclasses import replace

import pytest

from alembic_ci.errors import ExitCode
from alembic_ci.model import ChangeResult, Difference, Problem, State, StepReport
from alembic_ci.render.words import (
    counted,
    ids,
    listed,
    one_line,
    outcome,
    place,
    populated,
    seconds,
    visible,
)
from reports import failed, lost, proved, step, upgraded

PROBLEM = Problem(failure_class="access-denied", exit_code=ExitCode.SETTINGS, problem="No.")


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (0.0, "0 ms"),
        (0.04, "40 ms"),
        (1.26, "1.3 s"),
        (12.4, "12 s"),
        (75.0, "1 min 15 s"),
        (3_725.0, "1 h 2 min"),
    ],
)
def test_a_duration_is_said_as_precisely_as_one_cares(duration: float, said: str) -> None:
    assert seconds(duration) == said


def test_nouns_follow_their_number() -> None:
    assert [counted(n, "revision") for n in (0, 1, 2_000)] == [
        "0 revisions",
        "1 revision",
        "2,000 revisions",
    ]


def test_no_revision_at_all_is_base() -> None:
    assert ids(()) == "base"
    assert ids(("a", "b")) == "a, b"


def test_long_lists_are_cut_and_counted() -> None:
    assert listed(["a", "b"], "database") == "a, b"
    assert listed(list("abcdefg"), "database") == "a, b, c, d, e and 2 more databases"


def test_characters_that_act_are_spelled_out() -> None:
    assert visible("a\x1b[0m\x00\u202e\udc80\tb\r\nc") == "a\\x1b[0m\\x00\\u202e\\udc80\tb\nc"
    assert one_line(" a\n\n b\r") == "a b\\x0d"


def test_a_place_is_file_and_line() -> None:
    assert place("a.py", 3) == "a.py:3"
    assert place("a.py", None) == "a.py"


def test_a_skipped_step_says_why() -> None:
    step = StepReport(name="upgrade", state=State.SKIPPED, reason="sql failed")

    assert outcome(step) == "sql failed"


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("stamp", replace(upgraded("a"), after=("b",)), "a -> b, nothing run, verified"),
        ("upgrade", upgraded("a"), "nothing to do at a, verified"),
        (
            "upgrade",
            upgraded("a", "b", verified=False),
            "a -> b, 1 revision in one transaction, not verified",
        ),
        (
            "upgrade",
            replace(upgraded("a", "b"), per_migration=True, applied=("ab", "b")),
            "a -> b, 2 revisions in a transaction each, verified",
        ),
        (
            "upgrade",
            replace(upgraded("a", "b"), transactional=False),
            "a -> b, 1 revision without a transaction, verified",
        ),
    ],
)
def test_a_change_says_from_where_to_where(name: str, change: ChangeResult, said: str) -> None:
    assert outcome(step(name, change)) == said


def test_a_failed_change_says_where_it_stopped() -> None:
    assert outcome(failed("upgrade", PROBLEM, upgraded("a", "b"))) == "stopped: a -> b, 1 revision"


def test_a_failed_step_without_a_result_names_its_class() -> None:
    assert outcome(failed("sql", PROBLEM)) == "access denied"


def test_an_empty_rollback_test_says_so() -> None:
    assert outcome(step("rollback-test", proved())) == "no revision to prove"


def test_a_revision_that_rolls_back_and_loses_data_is_not_plain_success() -> None:
    assert outcome(step("rollback-test", proved(lost("a", "x")))) == (
        "1 revision rolls back, 1 loses data"
    )
    assert outcome(step("rollback-test", proved(lost("a", "x"), lost("b", "x")))) == (
        "all 2 revisions roll back, 2 lose data"
    )


@pytest.mark.parametrize(
    ("rows", "tables", "said"),
    [
        (0, 0, ""),
        (1, 0, "with 1 row in each table"),
        (3, 2, "with 3 rows in each table; 2 tables could not be filled"),
    ],
)
def test_the_rows_of_a_rollback_test_are_said(rows: int, tables: int, said: str) -> None:
    unfilled = (Difference(text="table", object="table"),) * tables

    assert populated(replace(proved(), rows=rows, unfilled=unfilled)) == said
