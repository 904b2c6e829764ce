"""Whole-document goldens, rewritten by ``pytest tests/unit --update-golden``."""

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with ``golden/NAME`` beside the test, or write it there."""
    folder = request.path.parent / "golden"
    update = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str) -> None:
        path: Path = folder / name
        if update:
            path.write_text(text, encoding="utf-8", newline="\n")

        assert text == path.read_text(encoding="utf-8")

    return compare
