"""The version is written once, in pyproject.toml; everything else asks the installed package."""

import tomllib
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
    "version"
]


def test_the_installed_package_has_the_version_of_pyproject() -> None:
    assert version("alembic-ci") == VERSION


def test_no_other_file_repeats_the_version() -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "scripts").glob("*.py")]
    sources += [ROOT / name for name in ("Dockerfile", "action.yml", "entrypoint.py")]

    repeating = [path.name for path in sources if f'"{VERSION}"' in path.read_text("utf-8")]

    assert not repeating
