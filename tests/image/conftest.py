"""The image under test; where it cannot be built the tests say so, and may not in CI."""

import os
import shutil
from pathlib import Path

import pytest

from image.building import ROOT, built_image, why_not
from image.github_runner import Job


@pytest.fixture(scope="session")
def image() -> str:
    reason = why_not()
    if reason and os.environ.get("ALEMBIC_CI_TESTS_NO_SKIP"):
        pytest.fail(f"The container cannot be tested, and nothing may be skipped here: {reason}")
    if reason:
        pytest.skip(f"THE CONTAINER IS NOT TESTED: {reason}")
    return built_image()


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a checkout of the shop example, where every host would put it."""
    return shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop")


@pytest.fixture
def job(image: str, shop: Path, tmp_path: Path) -> Job:
    return Job(image=image, workspace=shop, temp=tmp_path / "temp")
