"""Projects of Flask-Migrate as `flask db init` writes them: env.py asks for the application."""

import subprocess
from pathlib import Path

import pytest

from environments import FLASK
from jobs import Job, marked, url_for, variables_for
from template_projects import ALL_SOUND, SOUND, write

_APPLICATION = """import os

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()


def create_app():
    app = Flask(__name__)
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
    db.init_app(app)
    Migrate(app, db)
    return app
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project that Alembic's own command line cannot run."""
    python = FLASK.interpreter()
    (tmp_path / "app.py").write_text(_APPLICATION)
    subprocess.run(
        [python, "-m", "flask", "db", "init"],
        cwd=tmp_path,
        env={"DATABASE_URL": "sqlite://", "LC_ALL": "C.UTF-8"},
        check=True,
        capture_output=True,
        timeout=60,
    )
    for revision in SOUND:
        write(tmp_path, revision)
    return tmp_path


@pytest.mark.parametrize(
    "driver", [marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2")]
)
def test_it_goes_all_the_way(driver: str, folder: Path, request: pytest.FixtureRequest) -> None:
    variables = variables_for(url_for(driver, request))
    job = Job(directory=folder, python=FLASK.interpreter(), variables=variables)

    run = job.passed("run")
    listed = job.passed("alembic", "--", "current")
    down = job.passed("downgrade", "--target=base")

    assert run.verdicts() == ALL_SOUND
    assert run.stands_at() == ["ccc3"]
    assert "CREATE TABLE accounts" in run.result("sql")["sql"]
    assert "ccc3 (head)" in listed.text
    assert down.stands_at() == []


def test_an_application_with_another_name_is_named_by_a_variable(
    folder: Path, request: pytest.FixtureRequest
) -> None:
    (folder / "app.py").rename(folder / "shop.py")
    variables = variables_for(url_for("sqlite", request))
    job = Job(directory=folder, python=FLASK.interpreter(), variables=variables)

    without = job.run("status")
    named = job.passed("status", FLASK_APP="shop:create_app")

    assert without.exit_code == 2
    assert "FLASK_APP" in without.problem()["remedy"]
    assert named.result("status")["pending"] == ["aaa1", "bbb2", "ccc3"]
