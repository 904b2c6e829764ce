"""Histories that do not start from an empty database."""

import sys
from pathlib import Path

import pytest

from jobs import Job, marked, url_for, variables_for
from template_projects import Written, initialised

_DRIVERS = [
    marked(driver, driver=driver) for driver in ("sqlite", "postgresql+psycopg2", "mysql+pymysql")
]
_TABLE = "create table legacy (id integer not null primary key)"
_COMMAND = f"""import os, sqlalchemy as sa
with sa.create_engine(os.environ["DATABASE_URL"]).begin() as connection:
    connection.execute(sa.text("{_TABLE}"))
"""
_STARTS_LATER = Written(
    revision="aaa1",
    down=None,
    upgrade='op.add_column("legacy", sa.Column("note", sa.String(20)))',
    downgrade='op.drop_column("legacy", "note")',
)
_LEAVES_A_TABLE = Written(
    revision="bbb2",
    down="aaa1",
    upgrade='op.create_table("kept", sa.Column("id", sa.Integer(), primary_key=True))',
    downgrade='op.execute("select 1")',
)
_SOUND = Written(
    revision="ccc3",
    down="bbb2",
    upgrade='op.add_column("legacy", sa.Column("more", sa.String(20)))',
    downgrade='op.drop_column("legacy", "more")',
)


@pytest.mark.parametrize("driver", _DRIVERS)
def test_every_scratch_database_begins_with_the_baseline(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    parts = (_STARTS_LATER, _LEAVES_A_TABLE, _SOUND)
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", *parts)
    (directory / "legacy.sql").write_text(f"-- made by hand\n{_TABLE};\n")
    (directory / "legacy.py").write_text(_COMMAND)
    variables = variables_for(url_for(driver, request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    without = job.run("rollback-test")
    file = job.run("rollback-test", "--scratch-baseline=legacy.sql")
    command = job.run("rollback-test", f"--scratch-baseline={sys.executable} legacy.py")

    assert without.verdicts()["aaa1"] == "failed"
    assert "--scratch-baseline" in without.text
    for finished in (file, command):
        expected = {"aaa1": "passed", "bbb2": "residue", "ccc3": "passed"}
        assert finished.verdicts() == expected, finished.text


def test_the_sql_of_a_revision_that_reads_needs_the_baseline(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    reads = Written(
        revision="aaa1",
        down=None,
        upgrade="""count = op.get_bind().execute(sa.text("select count(*) from legacy")).scalar()
op.add_column("legacy", sa.Column("note", sa.String(20), server_default=str(count)))""",
        downgrade='op.drop_column("legacy", "note")',
    )
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", reads)
    (directory / "legacy.sql").write_text(f"{_TABLE};\n")
    variables = variables_for(url_for("sqlite", request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    done = job.run("sql", "--scratch-baseline=legacy.sql")

    assert "ALTER TABLE legacy ADD COLUMN note" in done.result("sql")["sql"], done.text


@pytest.mark.parametrize("scope", ["pending", "1"])
@pytest.mark.parametrize(
    ("driver", "statement"),
    [
        marked(driver, statement, driver=driver, name=name)
        for driver, name, statement in (
            ("postgresql+psycopg2", "extension", "CREATE EXTENSION IF NOT EXISTS not_there"),
            ("postgresql+psycopg2", "grant", "GRANT SELECT ON beds TO nobody_at_all"),
            ("postgresql+psycopg2", "owner", "ALTER TABLE beds OWNER TO nobody_at_all"),
            ("postgresql+psycopg2", "role", "SET ROLE nobody_at_all"),
            ("mysql+pymysql", "grant", "GRANT SELECT ON beds TO nobody_at_all"),
        )
    ],
)
def test_what_the_scratch_server_lacks_and_the_environments_may_have_is_named(
    driver: str, statement: str, scope: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """In a revision that is to be proved, and in one before it."""
    needs = Written(
        revision="aaa1",
        down=None,
        upgrade='op.create_table("beds", sa.Column("id", sa.Integer(), primary_key=True))\n'
        f'op.execute("{statement}")',
        downgrade='op.drop_table("beds")',
    )
    behind = Written(revision="bbb2", down="aaa1", upgrade="pass", downgrade="pass")
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", needs, behind)
    variables = variables_for(url_for(driver, request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    finished = job.run("rollback-test", f"--scope={scope}")

    way_out = "SCRATCH_DATABASE_URL" if "EXTENSION" in statement else "Roles belong to the server"
    assert finished.exit_code != 0
    assert way_out in " ".join(finished.text.split())
    assert "It would fail in the environment, too" not in finished.text


@pytest.mark.parametrize("driver", _DRIVERS)
def test_a_baseline_that_fails_is_named(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", _STARTS_LATER)
    (directory / "legacy.sql").write_text(f"{_TABLE};\n{_TABLE};\n")
    variables = variables_for(url_for(driver, request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    finished = job.run("rollback-test", "--scratch-baseline=legacy.sql")

    problem = finished.step("rollback-test")["problem"]
    assert "The scratch baseline failed (legacy.sql): A statement failed" in problem["problem"]
    assert "already exists" in problem["problem"]


def test_a_baseline_in_another_encoding_is_named(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", _STARTS_LATER)
    (directory / "legacy.sql").write_bytes("-- für alle\n".encode("latin-1"))
    variables = variables_for(url_for("sqlite", request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    finished = job.run("rollback-test", "--scratch-baseline=legacy.sql")

    assert finished.exit_code == 2
    assert "legacy.sql is not UTF-8" in finished.step("rollback-test")["problem"]["problem"]


@pytest.mark.mysql
def test_a_baseline_may_take_longer_than_connecting(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    directory = initialised(Path(sys.executable), "generic", tmp_path / "project", _STARTS_LATER)
    (directory / "legacy.sql").write_text(f"SELECT SLEEP(4);\n{_TABLE};\n")
    variables = variables_for(url_for("mysql+pymysql", request))
    job = Job(directory=directory, python=Path(sys.executable), variables=variables)

    finished = job.run("rollback-test", "--scratch-baseline=legacy.sql", "--connect-timeout=2")

    assert finished.verdicts() == {"aaa1": "passed"}, finished.text
