"""Which file says what a project depends on."""

from pathlib import Path

import pytest

from alembic_ci.errors import SettingsError
from alembic_ci.project.dependencies.manifests import Kind, manifest

_PROJECT = '[project]\nname = "shop"\nversion = "1"\n'
_ORDER = (
    ("uv.lock", Kind.UV),
    ("pylock.toml", Kind.PYLOCK),
    ("poetry.lock", Kind.POETRY),
    ("Pipfile.lock", Kind.PIPENV),
    ("requirements.txt", Kind.REQUIREMENTS),
    ("pyproject.toml", Kind.METADATA),
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


def test_lock_files_come_before_what_is_only_declared(repository: Path) -> None:
    for name, _ in _ORDER:
        (repository / name).write_text(_PROJECT if name == "pyproject.toml" else "")

    for name, kind in _ORDER:
        found = manifest(repository)
        assert found is not None
        assert (found.kind, found.file) == (kind, repository / name)
        (repository / name).unlink()

    assert manifest(repository) is None


def test_the_nearest_folder_counts_and_nothing_outside_the_repository(repository: Path) -> None:
    service = repository / "services" / "orders"
    service.mkdir(parents=True)
    (repository / "requirements.txt").touch()
    (repository.parent / "uv.lock").touch()

    above = manifest(service)
    (service / "pylock.toml").touch()
    own = manifest(service)
    (repository / "requirements.txt").unlink()
    (service / "pylock.toml").unlink()

    assert above is not None
    assert above.file == repository / "requirements.txt"
    assert own is not None
    assert own.file == service / "pylock.toml"
    assert manifest(service) is None


def test_a_member_of_a_uv_workspace_has_the_lock_of_the_workspace(repository: Path) -> None:
    member = repository / "services" / "orders"
    member.mkdir(parents=True)
    (member / "pyproject.toml").write_text(_PROJECT)
    (repository / "uv.lock").touch()

    (repository / "pyproject.toml").write_text(_PROJECT)
    strangers = manifest(member)
    (repository / "pyproject.toml").write_text('[tool.uv.workspace]\nmembers = ["services/*"]\n')
    members = manifest(member)

    assert strangers is not None
    assert strangers.kind is Kind.METADATA
    assert members is not None
    assert (members.kind, members.directory) == (Kind.UV, member)


def test_one_requirements_file_of_another_name_is_enough(repository: Path) -> None:
    (repository / "requirements-prod.txt").touch()

    found = manifest(repository)

    assert found is not None
    assert found.file == repository / "requirements-prod.txt"


def test_several_requirements_files_are_not_guessed_among(repository: Path) -> None:
    (repository / "requirements-prod.txt").touch()
    (repository / "requirements-dev.txt").touch()

    with pytest.raises(SettingsError) as caught:
        manifest(repository)

    assert "requirements-dev.txt, requirements-prod.txt" in caught.value.problem
    assert "--install" in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.poetry]\nname = "shop"\n'),
        ("setup.cfg", "[options]\ninstall_requires = alembic\n"),
        ("setup.py", "import setuptools\nsetuptools.setup()\n"),
    ],
)
def test_older_ways_of_declaring_count_last(name: str, text: str, repository: Path) -> None:
    (repository / name).write_text(text)

    found = manifest(repository)

    assert found is not None
    assert (found.kind, found.file) == (Kind.METADATA, repository / name)


@pytest.mark.parametrize("text", ["[tool.alembic]\n", "[tool.ruff]\n", "not = [toml", ""])
def test_a_pyproject_that_declares_nothing_does_not_count(text: str, repository: Path) -> None:
    (repository / "pyproject.toml").write_text(text)

    assert manifest(repository) is None
