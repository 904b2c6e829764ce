"""The HTML report in a real browser: what a reader sees, with and without everything."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped] # no stubs
    Axe,
)
from playwright.sync_api import Page

from alembic_ci.model import Report
from reports import (
    HOSTILE,
    SAMPLES,
    data_loss,
    environment,
    healthy,
    hostile,
    many,
    residue,
    risky,
)

Opened = Callable[..., Page]


def two_environments() -> Report:
    whole = residue()
    return replace(whole, environments=(*whole.environments, environment("qa", healthy("qa"))))


@pytest.mark.parametrize(
    ("sample", "scheme"),
    [
        *((sample, "light") for sample in (hostile, two_environments, data_loss, risky)),
        *((sample, "dark") for sample in (two_environments, risky)),
    ],
)
def test_axe_finds_nothing_to_complain_about(
    sample: Callable[[], Report], scheme: str, opened: Opened
) -> None:
    page = opened(sample(), dark=scheme == "dark")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")

    results = Axe().run(page)

    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("name", SAMPLES)
def test_every_report_opens_and_is_as_wide_as_the_phone(name: str, opened: Opened) -> None:
    page = opened(SAMPLES[name](), width=360)

    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("h1").inner_text().startswith(("Passed", "Failed"))
    assert page.locator("main").count() == 1


def test_hostile_names_and_sql_stay_text(opened: Opened) -> None:
    page = opened(hostile())

    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, object, embed, link").count() == 0
    assert "<script>alert(1)</script>" in page.locator("main").inner_text()
    assert "\u202e" not in page.content()
    assert HOSTILE not in page.title()


def test_the_keyboard_reaches_everything(opened: Opened) -> None:
    page = opened(two_environments())

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    page.keyboard.type("orders INDEX")
    assert page.locator(".revision:visible").count() == 1
    assert page.locator("#found").inner_text() == "1 of 6 revisions"
    page.keyboard.press("Escape")
    assert page.locator(".revision:visible").count() == 6
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    assert page.locator(".revision:visible").count() == 4
    closed = page.locator("#revision-5 summary")
    closed.focus()
    page.keyboard.press("Enter")
    assert page.locator("#revision-5").evaluate("(card) => card.open") is True


def test_a_link_into_the_page_opens_its_revision(opened: Opened) -> None:
    page = opened(two_environments())
    assert page.locator("#revision-1").evaluate("(card) => card.open") is False

    page.locator(".history a", has_text="Create customers").click()

    assert page.locator("#revision-1").evaluate("(card) => card.open") is True


def test_without_scripts_everything_can_be_read_and_filtered(opened: Opened) -> None:
    page = opened(two_environments(), scripted=False)

    assert page.locator("#find").is_hidden()
    assert "0001_b2d1.up.sql" in page.locator("#revision-2 .scripts").first.inner_text()
    page.get_by_label("Needs attention").check()
    assert page.locator(".revision:visible").count() == 4
    page.get_by_label("All").check()
    page.get_by_label("qa").check()
    assert page.locator(".revision:visible").count() == 3


def test_what_is_folded_is_printed(opened: Opened) -> None:
    page = opened(risky(), dark=True)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = false; })")

    page.emulate_media(media="print")

    assert page.locator(".scripts pre").first.is_visible()
    assert page.locator(".filters").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_of_a_thousand_revisions_the_drawing_has_those_that_matter(opened: Opened) -> None:
    whole = many(1, 1_000)
    page = opened(
        replace(whole, environments=(environment("staging", *whole.environments[0].databases),))
    )

    assert page.locator(".history li:not(.gap)").count() == 24
    assert page.locator(".lanes circle:not(.halo)").count() == 24
    assert page.locator(".revision").count() == 1_000
    boxes = page.evaluate(
        "['.history li', '.lanes circle:not(.halo)'].map((one) => document.querySelector(one)"
        ".getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2)"
    )
    assert abs(boxes[0] - boxes[1]) < 2


def test_environments_that_get_the_same_sql_share_it(opened: Opened) -> None:
    page = opened(risky())

    first = page.locator("#revision-1")
    assert first.locator(".scripts").count() == 1
    assert "ALTER TABLE customer" in first.inner_text()
    assert "get the same SQL" in first.inner_text()
