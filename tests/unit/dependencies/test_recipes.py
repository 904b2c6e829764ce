"""The commands that install a project's dependencies."""

from pathlib import Path

import pytest

from alembic_ci.project.dependencies.manifests import Kind, Manifest
from alembic_ci.project.dependencies.orders import Choices
from alembic_ci.project.dependencies.recipes import own_command, recipe
from alembic_ci.project.dependencies.variables import installation_variables

_HERE, _ENVIRONMENT = Path("/builds/shop"), Path("/tmp/environment")
_CHOSEN = Choices(extras=("pg",), groups=("migrations",), python="3.12", project=True)


def _lines(kind: Kind, choices: Choices) -> list[str]:
    manifest = Manifest(kind=kind, file=_HERE / kind.value, directory=_HERE)
    commands = list(recipe(manifest, choices, _ENVIRONMENT))
    assert all(command.directory == _HERE for command in commands)
    return [" ".join(command.words) for command in commands]


def test_uv_syncs_the_lock_without_the_project_and_without_tools_of_developers() -> None:
    (plain,) = _lines(Kind.UV, Choices())
    (chosen,) = _lines(Kind.UV, _CHOSEN)
    (developers,) = _lines(Kind.UV, Choices(groups=("dev",)))

    assert plain == "uv sync --frozen --inexact --no-install-project --no-dev"
    assert chosen == (
        "uv sync --frozen --inexact --no-dev --extra pg --group migrations --python 3.12"
    )
    assert developers == "uv sync --frozen --inexact --no-install-project --group dev"


@pytest.mark.parametrize("kind", [Kind.PYLOCK, Kind.REQUIREMENTS, Kind.METADATA])
def test_pip_reads_the_file_into_the_environment_and_never_looks_for_another(kind: Kind) -> None:
    made, installed = _lines(kind, Choices())

    assert made == f"uv venv --quiet --clear {_ENVIRONMENT}"
    assert installed == f"uv pip install --python {_ENVIRONMENT} -r {_HERE / kind.value}"


@pytest.mark.parametrize("kind", [Kind.POETRY, Kind.PIPENV])
def test_other_lock_files_are_exported_by_their_own_tools(kind: Kind) -> None:
    _, exported, installed = _lines(kind, Choices())

    assert exported.startswith("uv --quiet tool run ")
    assert installed.endswith("-r /tmp/environment/exported-requirements.txt")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UV])
def test_the_project_itself_is_installed_on_demand_and_brings_nothing_else(kind: Kind) -> None:
    lines = _lines(kind, _CHOSEN)

    assert lines[0].endswith("--python 3.12")
    assert lines[-1].endswith(f"--no-deps --editable {_HERE}")


def test_an_own_command_finds_pip_in_the_environment() -> None:
    made, own = own_command(Choices(command="pip install -r x.txt"), _ENVIRONMENT, _HERE)
    variables = installation_variables({"PATH": "/usr/bin", "HOME": "/"}, _ENVIRONMENT)

    assert "--seed" in made.words
    assert own.words == ("sh", "-euc", "pip install -r x.txt")
    assert variables["PATH"] == "/tmp/environment/bin:/usr/bin"
    assert variables["VIRTUAL_ENV"] == str(_ENVIRONMENT)


def test_what_pip_was_told_is_told_to_uv_unless_uv_was_told_itself() -> None:
    variables = installation_variables(
        {
            "PIP_INDEX_URL": "https://pip.example/simple",
            "PIP_EXTRA_INDEX_URL": "https://pip.example/more",
            "UV_INDEX": "https://uv.example/more",
        },
        _ENVIRONMENT,
    )

    assert variables["UV_DEFAULT_INDEX"] == "https://pip.example/simple"
    assert variables["UV_INDEX"] == "https://uv.example/more"


def test_builds_see_no_database_no_token_and_no_environment_of_an_earlier_step() -> None:
    hidden = {
        "PROD_DATABASE_URL": "postgresql://u:p@h/d",
        "GITHUB_TOKEN": "ghs_x",
        "GITHUB_OUTPUT": "/github/file_commands/output",
        "PYTHONPATH": "/opt/hostedtoolcache/lib",
        "CONDA_PREFIX": "/opt/conda",
    }

    variables = installation_variables({**hidden, "UV_INDEX_X_PASSWORD": "token"}, _ENVIRONMENT)

    assert not hidden.keys() & variables.keys()
    assert variables["UV_INDEX_X_PASSWORD"] == "token"


def test_caches_have_a_home_where_the_user_has_none() -> None:
    assert installation_variables({}, _ENVIRONMENT)["HOME"]
    assert installation_variables({"HOME": "/nowhere"}, _ENVIRONMENT)["HOME"] != "/nowhere"
