"""What the doctor says of databases that something happened to."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from accidents import SQLITE, add_revision, alone, on, project, run
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import Run


def found(finished: Run, failure_class: str) -> Any:
    """Return the doctor's problem or note of a class."""
    result = finished.step("doctor")["result"]
    told = [*result["problems"], *result["notes"]]
    return next(item for item in told if item["failure_class"] == failure_class)


def commands(problem: Any) -> list[str]:
    """Return the commands of a problem."""
    return [command["text"] for command in problem["commands"]]


def git(directory: Path, *arguments: str) -> None:
    """Run git as somebody who has no settings."""
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def session(url: DatabaseURL, *statements: str) -> Iterator[Control]:
    """Keep a transaction open in which *statements* have run."""
    with Control.open(url, timeout=5) as control:
        control.execute("BEGIN")
        for statement in statements:
            control.query(statement)
        yield control
        control.execute("ROLLBACK")


def test_a_database_at_head_is_healthy(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")

    healthy = run(directory, "doctor")

    assert healthy.exit_code == 0
    assert healthy.step("doctor")["result"]["problems"] == []
    assert "healthy at 0003" in healthy.stdout


def test_a_lost_file_is_found_on_the_branch_that_still_has_it(tmp_path: Path) -> None:
    directory = project(tmp_path)
    git(directory, "init", "-q", "-b", "main")
    git(directory, "add", ".")
    git(directory, "commit", "-qm", "first")
    git(directory, "checkout", "-qb", "feature/beds")
    lost = add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')
    git(directory, "add", ".")
    git(directory, "commit", "-qm", "beds")
    run(directory, "upgrade")
    git(directory, "checkout", "-q", "main")

    sick = run(directory, "doctor", "--config=alembic.ini")

    problem = found(sick, "unknown-revision")
    assert sick.exit_code == 1
    assert "feature/beds still has it" in problem["meaning"]
    assert problem["failure_class"] in (sick.folder / "outputs.env").read_text()
    subprocess.run(commands(problem)[0], shell=True, cwd=directory, check=True)
    assert lost.exists()
    assert run(directory, "status").database()["status_after"]["unknown"] == []


def test_without_git_an_unknown_revision_says_so(tmp_path: Path) -> None:
    directory = project(tmp_path)
    lost = add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')
    run(directory, "upgrade")
    lost.unlink()

    problem = found(run(directory, "doctor"), "unknown-revision")

    assert "there is no git repository here" in problem["meaning"]


def test_a_shallow_clone_is_called_one(tmp_path: Path) -> None:
    directory = project(tmp_path / "origin")
    git(directory, "init", "-q", "-b", "main")
    lost = add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')
    git(directory, "add", ".")
    git(directory, "commit", "-qm", "first")
    run(directory, "upgrade")
    lost.unlink()
    git(directory, "commit", "-qam", "second")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{directory}", "clone")
    (directory / "shop.db").rename(tmp_path / "clone/shop.db")

    problem = found(run(tmp_path / "clone", "doctor"), "unknown-revision")

    assert "this clone is shallow" in problem["meaning"]
    assert any("--unshallow" in command for command in commands(problem))


def test_a_redundant_row_is_told_from_a_branch(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    with Control.open(DatabaseURL.parse(f"sqlite:///{directory}/shop.db"), timeout=5) as control:
        control.execute("INSERT INTO alembic_version VALUES ('0001')")

    sick = run(directory, "doctor")

    problem = found(sick, "redundant-version-rows")
    assert sick.exit_code == 1
    assert commands(problem) == ["alembic-ci stamp --environments=development --target=0003"]
    subprocess.run(
        commands(problem)[0].replace("alembic-ci", "exec python -m alembic_ci"),
        shell=True,
        cwd=directory,
        env=SQLITE | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        check=True,
    )
    assert run(directory, "doctor").exit_code == 0


def test_a_project_that_does_not_start_does_not_hide_the_database(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    (directory / "migrations/env.py").write_text("raise RuntimeError('no settings')\n")

    sick = run(directory, "doctor")

    result = sick.step("doctor")["result"]
    assert sick.exit_code == 2
    assert result["current"] == ["0003"]
    assert found(sick, "env")


@pytest.mark.postgresql
def test_the_session_that_holds_a_lock_is_named_when_the_upgrade_gave_up(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(postgresql_url))
    table = "dishes"
    add_revision(
        directory,
        f"op.execute(\"SET LOCAL lock_timeout = '300ms'\")\n"
        f'op.execute("ALTER TABLE {table} ADD COLUMN mass INT")',
    )

    with session(postgresql_url, f"SELECT 'secret' FROM {table}") as holder:
        pid = holder.query("SELECT pg_backend_pid()")[0][0]
        sick = run(directory, "upgrade", "--retries=0", variables=on(postgresql_url))

    problem = found(sick, "open-transaction")
    assert sick.exit_code == 5
    assert commands(problem) == [f"SELECT pg_terminate_backend({pid});"]
    assert f"tables {table}" in problem["evidence"][0]
    assert "secret" not in sick.everything


@pytest.mark.mysql
def test_mariadb_names_the_waiter_and_the_open_transaction(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(mysql_url))
    add_revision(
        directory,
        'op.execute("SET SESSION lock_wait_timeout = 1")\n'
        'op.execute("ALTER TABLE dishes ADD COLUMN mass INT")',
    )

    with session(mysql_url, "SELECT * FROM dishes") as holder:
        number = holder.query("SELECT CONNECTION_ID()")[0][0]
        sick = run(directory, "upgrade", "--retries=0", variables=on(mysql_url))

    assert sick.exit_code == 5
    assert commands(found(sick, "open-transaction")) == [f"KILL {number};"]


@pytest.mark.postgresql
def test_an_invalid_index_comes_with_its_repair(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(postgresql_url))
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("INSERT INTO dishes (name) VALUES ('Mars'), ('Mars')")
        with pytest.raises(Exception, match="could not create unique index"):
            control.execute("CREATE UNIQUE INDEX CONCURRENTLY ux ON dishes (name)")

        sick = run(directory, "doctor", variables=on(postgresql_url))

        problem = found(sick, "invalid-index")
        assert sick.exit_code == 1
        assert "two rows with the same values" in problem["meaning"]
        control.execute(commands(problem)[0].rstrip(";"))
    assert run(directory, "doctor", variables=on(postgresql_url)).exit_code == 0


@pytest.mark.postgresql
def test_a_version_table_in_another_schema_is_found(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(postgresql_url))
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute("CREATE SCHEMA ops")
        control.execute("ALTER TABLE alembic_version SET SCHEMA ops")

    sick = run(directory, "doctor", variables=on(postgresql_url))

    problem = found(sick, "version-table-elsewhere")
    assert "schema ops has a version table with 0003" in problem["problem"]
    assert 'version_table_schema="ops"' in problem["remedy"]


@pytest.mark.postgresql
def test_an_id_that_is_too_long_is_found_before_the_server_refuses_it(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(postgresql_url))
    path = add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')
    long = "0004_" + "x" * 40
    path.write_text(path.read_text().replace('"0004"', f'"{long}"'))

    refused = run(directory, "upgrade", variables=on(postgresql_url))

    assert refused.step("upgrade")["problem"]["failure_class"] == "revision-id-too-long"

    problem = found(run(directory, "doctor", variables=on(postgresql_url)), "revision-id-too-long")

    assert problem["file"].endswith("0004_last.py")
    with Control.open(postgresql_url, timeout=5) as control:
        control.execute(commands(problem)[0].rstrip(";"))
    assert run(directory, "upgrade", variables=on(postgresql_url)).exit_code == 0


HALF = """
op.execute("CREATE TABLE beds (id INTEGER PRIMARY KEY)")
op.execute("CREATE TABLE pillows (id INTEGER PRIMARY KEY)")
op.execute("INSERT INTO pillows VALUES (1)")
{}
op.execute("CREATE INDEX ix_pillows ON pillows (id)")
"""
BACK = 'op.execute("DROP TABLE pillows")\nop.execute("DROP TABLE beds")'


@pytest.mark.mysql
def test_mariadb_finishes_a_half_applied_revision(mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, HALF.format('op.execute("DROP TABLE nothing")'), downgrade=BACK)
    failed = run(directory, "upgrade", variables=alone(mysql_url))

    assert "the revision fails on the scratch database" in found(failed, "half-applied")["remedy"]

    add_revision(directory, HALF.format(""), downgrade=BACK)
    proposed = run(directory, "doctor", "--resume=finish", variables=alone(mysql_url))

    assert proposed.exit_code == 1
    half = proposed.step("doctor")["result"]["half_applied"]
    assert [item["presence"] for item in half["statements"]] == ["in", "in", "in", "missing"]
    assert half["recoveries"][0]["statements"] == ["CREATE INDEX ix_pillows ON pillows (id)"]

    finished = run(directory, "doctor", "--resume=finish", "--apply", variables=alone(mysql_url))

    assert finished.exit_code == 0, finished.everything
    assert finished.database()["status_after"]["current"] == ["0004"]
    with Control.open(mysql_url, timeout=5) as control:
        assert control.query("SELECT id FROM pillows") == [(1,)]


@pytest.mark.mysql
def test_what_is_missing_is_executed_in_the_database_it_names(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    named = 'op.execute("CREATE INDEX ix_more ON %s.beds (id)" % op.get_bind().engine.url.database)'
    half = f"{HALF}{named}\n"
    add_revision(directory, half.format('op.execute("DROP TABLE nothing")'), downgrade=BACK)
    run(directory, "upgrade", variables=alone(mysql_url))
    add_revision(directory, half.format(""), downgrade=BACK)

    finished = run(directory, "doctor", "--resume=finish", "--apply", variables=alone(mysql_url))

    assert finished.exit_code == 0, finished.everything
    result = finished.step("doctor")["result"]["half_applied"]
    last = f"CREATE INDEX ix_more ON {mysql_url.database}.beds (id)"
    assert result["statements"][-1]["sql"] == last
    assert result["recoveries"][0]["statements"][-1] == last


@pytest.mark.mysql
def test_what_goes_past_sqlalchemy_is_neither_finished_nor_undone(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    steps = (
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        "cursor = op.get_bind().connection.cursor()\n"
        'cursor.execute("CREATE TABLE pillows (id INTEGER)")\n{}\n'
        'op.execute("CREATE TABLE cots (id INTEGER)")'
    )
    add_revision(directory, steps.format('op.execute("DROP TABLE nothing")'), downgrade=BACK)
    run(directory, "upgrade", variables=on(mysql_url))
    add_revision(directory, steps.format(""), downgrade=BACK)

    for way in ("finish", "undo"):
        refused = run(directory, "doctor", f"--resume={way}", "--apply", variables=on(mysql_url))

        assert refused.exit_code != 0
        assert "past SQLAlchemy, which nobody sees: line 9" in refused.everything
    with Control.open(mysql_url, timeout=5) as control:
        assert control.version_rows("alembic_version", None) == ("0003",)


def shop(directory: Path) -> Control:
    """Open the SQLite database of a project."""
    return Control.open(DatabaseURL.parse(f"sqlite:///{directory}/shop.db"), timeout=5)


def test_a_database_made_without_alembic_gets_the_stamp_its_schema_matches(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    with shop(directory) as control:
        control.execute("DROP TABLE alembic_version")
    add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')

    problem = found(run(directory, "doctor"), "not-stamped")

    assert "exactly that of 0003" in problem["problem"]
    assert commands(problem) == ["alembic-ci stamp --environments=development --target=0003"]


def test_a_revision_spliced_below_the_deployed_one_is_named(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    path = add_revision(directory, 'op.execute("CREATE TABLE beds (id INTEGER)")')
    path.write_text(path.read_text().replace('"0003"', '"0001"'))
    third = next((directory / "migrations/versions").glob("0003_*.py"))
    third.write_text(third.read_text().replace('down_revision = "0001"', 'down_revision = "0004"'))

    sick = run(directory, "doctor")

    problem = found(sick, "skipped-revision")
    assert sick.exit_code == 1
    assert problem["revision"] == "0004"
    assert problem["file"].endswith("0004_last.py")


def test_a_wrong_stamp_is_set_right(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", "--target=0001")
    run(directory, "stamp", "--target=0003")

    problem = found(run(directory, "doctor"), "stamped-wrongly")

    assert commands(problem) == ["alembic-ci stamp --environments=development --target=0001"]


def test_drift_is_a_note_and_no_failure(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    with shop(directory) as control:
        control.execute("CREATE INDEX by_hand ON dishes (name)")

    noted = run(directory, "doctor")

    assert noted.exit_code == 0
    assert found(noted, "drift")["evidence"] == ["index dishes.by_hand"]
    assert found(noted, "drift")["problem"].endswith("1 object differs.")


def test_what_no_schema_shows_is_asked_for_and_not_guessed(tmp_path: Path) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade")
    steps = 'op.execute("CREATE TABLE beds (id INTEGER)")\nop.execute("UPDATE dishes SET id = id")'
    add_revision(directory, f"{steps}\nraise ValueError")
    run(directory, "upgrade")
    add_revision(directory, steps)

    refused = run(directory, "doctor", "--resume=finish", "--apply")

    assert refused.exit_code == 6
    assert "--statements-in=1 to 2" in refused.stdout

    finished = run(directory, "doctor", "--resume=finish", "--statements-in=1", "--apply")

    assert finished.exit_code == 0, finished.everything
    assert finished.database()["status_after"]["current"] == ["0004"]


def test_a_downgrade_that_broke_can_be_undone(tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        'op.execute("CREATE TABLE beds (id INTEGER)")\n'
        'op.execute("CREATE TABLE cots (id INTEGER)")',
        downgrade='op.execute("DROP TABLE cots")\nraise ValueError\nop.execute("DROP TABLE beds")',
    )
    run(directory, "upgrade")
    broken = run(directory, "downgrade", "--target=-1")

    undone = run(directory, "doctor", "--resume=undo", "--apply")

    assert broken.exit_code == 1
    assert undone.exit_code == 0, undone.everything
    with shop(directory) as control:
        assert control.query("SELECT COUNT(*) FROM cots") == [(0,)]


@pytest.mark.mysql
def test_programs_of_a_revision_that_broke_can_be_taken_back(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    """The downgrade cannot be asked, because the revision fails wherever it is tried."""
    directory = project(tmp_path)
    programs = [
        "FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN a * 2",
        "PROCEDURE nothing() SELECT 1",
        "VIEW doubled AS SELECT twice(id) AS id FROM dishes",
        "TRIGGER early BEFORE INSERT ON dishes FOR EACH ROW SET NEW.id = twice(NEW.id)",
        "EVENT daily ON SCHEDULE EVERY 1 DAY DISABLE DO CALL nothing()",
    ]
    lines = [f'op.execute("CREATE {program}")' for program in programs]
    add_revision(directory, "\n".join([*lines, 'op.execute("DROP TABLE nothing")']))
    broken = run(directory, "upgrade", variables=on(mysql_url))

    undone = run(directory, "doctor", "--resume=undo", "--apply", variables=on(mysql_url))

    assert broken.exit_code == 1
    assert undone.exit_code == 0, undone.everything
    assert undone.database()["status_after"]["current"] == ["0003"]
    with Control.open(mysql_url, timeout=5) as control:
        left = control.query(
            "SELECT ROUTINE_NAME FROM information_schema.ROUTINES"
            " WHERE ROUTINE_SCHEMA = DATABASE() UNION ALL"
            " SELECT TRIGGER_NAME FROM information_schema.TRIGGERS"
            " WHERE TRIGGER_SCHEMA = DATABASE() UNION ALL"
            " SELECT EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()"
        )
        assert left == []


@pytest.mark.postgresql
def test_an_index_built_concurrently_in_a_transaction_is_told_the_way_out(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    build = 'op.execute("CREATE INDEX CONCURRENTLY ix_dishes ON dishes (name)")'
    add_revision(directory, build)

    problem = run(directory, "upgrade", variables=on(postgresql_url)).step("upgrade")["problem"]

    assert problem["failure_class"] == "in-transaction"
    assert "autocommit_block()" in problem["remedy"]


@pytest.mark.postgresql
def test_what_an_autocommit_block_left_is_finished(
    postgresql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    run(directory, "upgrade", variables=on(postgresql_url))
    steps = (
        "with op.get_context().autocommit_block():\n"
        '    op.execute("CREATE INDEX CONCURRENTLY ix_dishes ON dishes (name)")\n'
        'op.execute("CREATE TABLE beds (id INTEGER)")'
    )
    add_revision(directory, f"{steps}\nraise ValueError")
    broken = run(directory, "upgrade", variables=on(postgresql_url))

    assert commands(found(broken, "half-applied"))[1] == 'DROP INDEX "ix_dishes";'

    add_revision(directory, steps)
    finished = run(directory, "doctor", "--resume=finish", "--apply", variables=on(postgresql_url))

    assert finished.exit_code == 0, finished.everything
    assert finished.database()["status_after"]["current"] == ["0004"]
