"""The image under test; where it cannot be built the tests say so, and may not in CI."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

from image.building import ROOT, built_image, why_not
from image.github_runner import Job
from image.stand_in_base import NoContainersError


@pytest.fixture(scope="session")
def image() -> str:
    return _built("slim")


@pytest.fixture(scope="session")
def servers_image() -> str:
    """Return the variant with database servers inside."""
    return _built("servers")


@pytest.fixture(scope="session")
def full_image() -> str:
    """Return the variant with compilers inside."""
    return _built("full")


def _built(target: str) -> str:
    reason = why_not()
    if reason:
        _do_without(reason)
    try:
        return built_image(target)
    except NoContainersError as error:
        _do_without(str(error))


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("ALEMBIC_CI_TESTS_NO_SKIP"):
        pytest.fail(f"The container cannot be tested, and nothing may be skipped here: {reason}")
    pytest.skip(f"THE CONTAINER IS NOT TESTED: {reason}")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Return a checkout of the shop example, where every host would put it."""
    return shutil.copytree(ROOT / "examples" / "shop", tmp_path / "shop")


@pytest.fixture
def job(image: str, shop: Path, tmp_path: Path) -> Job:
    return Job(image=image, workspace=shop, temp=tmp_path / "temp")
