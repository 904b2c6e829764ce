"""A worker's process that is started before anybody asks for it."""

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from alembic_ci.project.ahead import Ahead
from alembic_ci.project.failures import WorkerDiedError
from alembic_ci.project.spawn import Spawn
from alembic_ci.settings import read_settings
from alembic_ci.worker.protocol import EXIT, LOAD

_NAMES = {"DATABASE_URL", "DEVELOPMENT_DATABASE_URL"}
_URL = "sqlite:///shop.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "migrations" / "versions").mkdir(parents=True)
    (tmp_path / "migrations" / "env.py").touch()
    (tmp_path / "alembic.ini").write_text("[alembic]\nscript_location = %(here)s/migrations\n")
    return tmp_path


def _guessed(ahead: Ahead, folder: Path, variables: Mapping[str, str]) -> Spawn | None:
    flags = {"working-directory": str(folder), "python": sys.executable}
    ahead.guess(read_settings(flags, variables), variables)
    return ahead.guessed


def test_the_first_database_of_the_run_is_guessed(folder: Path) -> None:
    with Ahead() as ahead:
        spawn = _guessed(ahead, folder, {"DEVELOPMENT_DATABASE_URL": _URL})

    assert spawn is not None
    assert spawn.directory == folder
    assert {name for name, value in spawn.variables.items() if value == _URL} == _NAMES


def test_no_process_gets_the_url_of_a_protected_environment_before_it_may(folder: Path) -> None:
    with Ahead() as ahead:
        variables = {"PRODUCTION_DATABASE_URL": _URL, "ENVIRONMENT": "production"}

        assert _guessed(ahead, folder, variables) is None


def test_what_is_wrong_is_left_for_others_to_say(folder: Path) -> None:
    with Ahead() as ahead:
        assert _guessed(ahead, folder, {}) is None
        assert _guessed(ahead, folder / "nowhere", {"DEVELOPMENT_DATABASE_URL": _URL}) is None


def test_the_process_is_handed_out_once(folder: Path) -> None:
    with Ahead() as ahead:
        spawn = _guessed(ahead, folder, {"DEVELOPMENT_DATABASE_URL": _URL})
        assert spawn is not None

        first, second = ahead.process(spawn), ahead.process(spawn)

        assert first is not second
        first.stop()
        second.stop()


def test_what_it_is_asked_first_is_asked_once(folder: Path) -> None:
    with Ahead() as ahead:
        spawn = _guessed(ahead, folder, {"DEVELOPMENT_DATABASE_URL": _URL})
        assert spawn is not None
        ahead.begin(dataclasses.replace(spawn, variables={}), {"do": LOAD})  # is for nobody

        ahead.begin(spawn, {"do": EXIT})
        process = ahead.process(spawn)
        process.begin({"do": EXIT})

        with pytest.raises(WorkerDiedError):
            process.answer(timeout=30)
        with pytest.raises(ValueError, match=LOAD):
            process.begin({"do": LOAD})
        process.stop()


def test_another_process_than_the_guessed_one_is_started_anew(folder: Path) -> None:
    other = Spawn(interpreter=Path(sys.executable), directory=folder, variables={})
    with Ahead() as ahead:
        spawn = _guessed(ahead, folder, {"DEVELOPMENT_DATABASE_URL": _URL})

        process = ahead.process(other)

        process.stop()
        assert ahead.guessed == spawn
