from dataclasses import replace

import pytest

from alembic_ci.model import ChangeResult, Direction, Report, State, StepReport
from alembic_ci.render.headline import headline, verdict
from reports import (
    SAMPLES,
    all_passed,
    database,
    environment,
    healthy,
    many,
    passes,
    proved,
    report,
    sql,
    status,
    step,
    upgraded,
)


def one(*steps: StepReport, after: bool = True) -> Report:
    return report(environment("staging", database(*steps, after=status("d4f3") if after else None)))


@pytest.mark.parametrize("name", SAMPLES)
def test_only_exit_code_zero_is_passed(name: str) -> None:
    sample = SAMPLES[name]()

    assert (verdict(sample) == "Passed") == (sample.exit_code == 0)


def test_an_upgrade_names_both_ends() -> None:
    assert headline(all_passed()) == (
        "staging upgraded from a1c0 to d4f3, 3 revisions, each rolls back"
    )


def test_a_downgrade_is_called_one() -> None:
    change = ChangeResult(
        direction=Direction.DOWN, before=("b",), after=(), applied=("b",), verified=True
    )

    assert headline(one(step("downgrade", change))) == (
        "staging downgraded from b to base, 1 revision"
    )


def test_a_stamp_is_called_one() -> None:
    change = ChangeResult(
        direction=Direction.UP, before=(), after=("b",), applied=(), verified=True
    )

    assert headline(one(step("stamp", change))) == "staging stamped from base to b"


def test_an_upgrade_with_nothing_to_do_says_so() -> None:
    assert headline(one(step("upgrade", upgraded("d4f3")))) == "staging was already at d4f3"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ((step("sql", sql("x")),), "staging has its SQL rendered"),
        ((step("rollback-test", proved(*passes("a"))),), "was only read, 1 revision rolls back"),
        ((StepReport(name="sql", state=State.SKIPPED),), "staging was left alone"),
    ],
)
def test_without_a_status_it_says_what_was_done(steps: tuple[StepReport, ...], said: str) -> None:
    assert headline(one(*steps, after=False)).endswith(said)


def test_few_databases_are_told_one_by_one_and_many_together() -> None:
    few = report(environment("a", healthy("a")), environment("b", healthy("b")))

    assert headline(few).count("upgraded from") == 2
    assert headline(many(200, 2)) == ("200 databases in 1 environment, 200 with revisions pending")
    whole = report(environment("a", *(healthy("a", label) for label in "wxyz")))
    assert headline(whole) == (
        "4 databases in 1 environment, 4 changed, none with revisions pending"
    )


@pytest.mark.parametrize(
    ("code", "said"),
    [(3, "A difference was found."), (143, "The run ended with exit code 143.")],
)
def test_an_exit_code_without_a_failure_is_explained(code: int, said: str) -> None:
    assert headline(replace(all_passed(), exit_code=code)) == said


def test_an_empty_run_did_nothing() -> None:
    assert headline(report()) == "there was nothing to do"


def test_a_project_without_revisions_is_told() -> None:
    empty = replace(one(step("upgrade", upgraded("d4f3"))), revisions=())

    assert headline(empty) == "staging was already at d4f3; there is no revision in migrations"
