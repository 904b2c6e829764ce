"""Downgrades are rehearsed: their SQL and what they lose are known before anything is run."""

from pathlib import Path

from accidents import add_revision, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL

ADD = 'op.execute("ALTER TABLE dishes ADD COLUMN price INTEGER")'
DROP = 'op.execute("ALTER TABLE dishes DROP COLUMN price")'
URL = {"PRODUCTION_DATABASE_URL": "sqlite:///shop.db"}


def shop(place: Path) -> Path:
    """Make a project at revision 0004, whose table holds a row."""
    directory = project(place)
    add_revision(directory, ADD, downgrade=DROP)
    run(directory, "upgrade", "--environments=production", variables=URL)
    execute(directory, "INSERT INTO dishes (id, name) VALUES (1, 'soup')")
    return directory


def execute(directory: Path, sql: str) -> list[object]:
    """Run SQL on the database."""
    url = DatabaseURL.parse(f"sqlite:///{directory}/shop.db")
    with Control.open(url, timeout=5) as control:
        return list(control.query(sql))


def test_a_protected_environment_loses_data_only_when_told(tmp_path: Path) -> None:
    directory = shop(tmp_path)
    arguments = ("downgrade", "--environments=production", "--target=-1")

    refused = run(directory, *arguments, variables=URL)

    assert refused.exit_code == 6
    assert refused.database()["status_after"]["current"] == ["0004"]
    assert "dishes.price" in told(refused)["evidence"][0]
    assert told(refused)["commands"][0]["text"].endswith("--target=-1 --allow-data-loss")

    shown = run(directory, *arguments, "--dry-run", variables=URL)

    assert shown.exit_code == 0
    assert "ALTER TABLE dishes DROP COLUMN price" in shown.stdout
    plan = shown.step("downgrade")["result"]["plan"]
    assert "DROP COLUMN price;" in (directory / plan["path"]).read_text()

    allowed = run(directory, *arguments, "--allow-data-loss", variables=URL)

    assert allowed.exit_code == 0
    assert allowed.database()["status_after"]["current"] == ["0003"]


def test_what_is_empty_cannot_be_lost(tmp_path: Path) -> None:
    directory = shop(tmp_path)
    execute(directory, "DELETE FROM dishes")
    arguments = ("downgrade", "--environments=production", "--target=-1")

    taken_back = run(directory, *arguments, variables=URL)

    assert taken_back.exit_code == 0, taken_back.everything
    assert taken_back.step("downgrade")["result"]["plan"]["revisions"][0]["losses"] == []
