from collections.abc import Callable
from dataclasses import replace

import pytest

from alembic_ci.model import RoundTrip, State
from alembic_ci.render.style import coloured
from alembic_ci.render.text import text
from reports import (
    HOSTILE,
    SAMPLES,
    all_passed,
    data_loss,
    database,
    environment,
    hostile,
    lost,
    many,
    passes,
    proved,
    report,
    residue,
    step,
)


@pytest.mark.parametrize("name", SAMPLES)
def test_text_is_the_golden_one(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.txt", text(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_last_line_is_the_verdict(name: str) -> None:
    report = SAMPLES[name]()

    last = text(report).splitlines()[-1]

    assert last.startswith("Passed in" if report.exit_code == 0 else "Failed in")


def test_no_control_character_reaches_the_terminal() -> None:
    shown = text(hostile())

    assert all(character.isprintable() or character == "\n" for character in shown)
    assert "\\x1b[31m\\u202e" in shown
    assert "\x1b" in HOSTILE


def test_colour_is_only_there_when_asked_for() -> None:
    report = residue()

    assert "\x1b[" not in text(report)
    assert "\x1b[31m" in text(report, style=coloured)


def test_colour_changes_no_word() -> None:
    without = text(all_passed(), style=lambda text, _role: f"<{text}>")

    assert without.replace("<", "").replace(">", "") == text(all_passed()).replace(">", "")


def test_many_passed_databases_take_one_line_each() -> None:
    lines = text(many(200, 10)).splitlines()

    assert len(lines) < 210
    assert sum(line.startswith("ok ") for line in lines) == 200


def test_many_failures_are_counted() -> None:
    shown = text(many(10, 100, broken=True))

    assert shown.count("FAILED     production") == 20
    assert "... and 980 more failures; report.json holds them all." in shown


def test_a_reason_that_several_legs_share_is_said_once() -> None:
    names = ("upgrade in one go", "downgrade in one go", "upgrade again")
    legs = tuple(
        RoundTrip(name=name, state=State.SKIPPED, reason="b2d1 cannot be applied") for name in names
    )
    tested = step("rollback-test", replace(proved(*passes("a1c0")), round_trip=legs))

    shown = text(report(environment("staging", database(tested, after=None))))

    assert (
        "upgrade in one go skipped, downgrade in one go skipped, "
        "upgrade again skipped (b2d1 cannot be applied)"
    ) in shown


def test_many_warnings_are_counted() -> None:
    losing = (lost(f"r{number}", "gone") for number in range(25))
    tested = step("rollback-test", proved(*losing))

    shown = text(report(environment("staging", database(tested, after=None))))

    assert shown.count("warning    staging") == 20
    assert "... and 5 more warnings; report.json holds them all." in shown


def test_a_warning_is_yellow() -> None:
    assert "\x1b[33mwarning" in text(data_loss(), style=coloured)
