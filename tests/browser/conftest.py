"""One headless Chromium for all tests of the page, and pages that are served from a file."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alembic_ci.model import Report
from alembic_ci.render.html import html_report

Opened = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; Playwright only drives it and brings no browser of its own."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        reason = "THE HTML REPORT IS NOT TESTED: there is no chromium"
        if os.environ.get("ALEMBIC_CI_TESTS_NO_SKIP"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Opened]:
    """Open the page of a report; whatever the browser complains of or asks for fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        report: Report,
        *,
        width: int = 1_280,
        dark: bool = False,
        scripted: bool = True,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripted,
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        path = tmp_path / "report.html"
        path.write_text(html_report(report), encoding="utf-8")
        page.on("request", lambda request: complaints.extend(_foreign(request.url, path)))
        page.goto(path.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def _foreign(url: str, page: Path) -> list[str]:
    return [] if url.partition("#")[0] == page.as_uri() else [f"request: {url}"]
