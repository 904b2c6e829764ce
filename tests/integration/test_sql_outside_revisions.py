"""What env.py executes itself, and what goes past SQLAlchemy: in the script, or told."""

import dataclasses
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from cli import alembic_ci
from clients import apply
from environments import ASYNC, CURRENT, OLDEST, PinnedSet
from jobs import dialect_of, marked
from template_projects import CREATE, Written, initialised
from twins import run, there, there_and_back, twins

_SQLITE = DatabaseURL(drivername="sqlite", database="x.db")
_SCHEMA = (
    'connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS shop"))',
    'connection.execute(sa.text("SET search_path TO shop"))',
    'connection.dialect.default_schema_name = "shop"',
)
_OPENED = {
    "generic": "    with connectable.connect() as connection:\n",
    "async": "def do_run_migrations(connection: Connection) -> None:\n",
}


def _with_setup(directory: Path, template: str, *lines: str) -> None:
    """Let env.py execute something on its connection first."""
    env = directory / "migrations" / "env.py"
    text = env.read_text()
    opened = _OPENED[template]
    assert opened in text
    indent = opened[: len(opened) - len(opened.lstrip())] + "    "
    added = "".join(f"{indent}{line}\n" for line in ("import sqlalchemy as sa", *lines))
    env.write_text(text.replace(opened, opened + added))


def _with_schema(directory: Path, template: str, *lines: str) -> None:
    """Let env.py make a schema and enter it; the version table stays outside."""
    _with_setup(directory, template, *_SCHEMA, *lines)
    env = directory / "migrations" / "env.py"
    options = '=target_metadata, version_table_schema="public"'
    env.write_text(env.read_text().replace("=target_metadata", options))


def _schemas(url: DatabaseURL) -> set[str]:
    with Control.open(url, timeout=30) as control:
        return {str(r[0]) for r in control.query("SELECT schemaname FROM pg_catalog.pg_tables")}


@pytest.mark.parametrize(
    ("template", "pinned", "driver"),
    [
        marked(*entry, driver=entry[2], name=entry[1].name)
        for entry in (
            ("generic", OLDEST, "postgresql+psycopg2"),
            ("async", ASYNC, "postgresql+asyncpg"),
        )
    ],
)
def test_the_schema_that_env_py_makes_and_enters_is_part_of_the_scripts(
    template: str, pinned: PinnedSet, driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = pinned.interpreter()
    directory = initialised(python, template, tmp_path / "project", CREATE)
    commit = () if pinned is OLDEST else ("connection.commit()",)
    _with_schema(directory, template, *commit)

    with twins(driver, request, tmp_path) as pair:
        there_and_back(directory, pair, f"--python={python}")


@pytest.mark.postgresql
def test_what_stands_in_the_transaction_of_env_py_stands_in_that_of_the_script(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", CREATE)
    _with_schema(directory, "generic", "connection.execute(sa.text('SET LOCAL ROLE NONE'))")
    env = directory / "migrations" / "env.py"
    env.write_text(env.read_text().replace("connectable.connect()", "connectable.begin()"))

    with twins("postgresql+psycopg2", request, tmp_path) as pair:
        done = there(directory, pair, f"--python={python}")

    script = (done.folder / "sql" / "development" / "upgrade.sql").read_text()
    assert script.startswith("BEGIN;")
    assert script.count("SET LOCAL ROLE NONE;") == 1


def test_what_env_py_may_do_only_once_is_named_in_the_script_and_in_the_report(
    tmp_path: Path,
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", CREATE)
    _with_setup(
        directory,
        "generic",
        'connection.execute(sa.text("PRAGMA foreign_keys = ON"))',
        'connection.execute(sa.text("SELECT 1"))',
        'if not sa.inspect(connection).has_table("once"):',
        '    connection.execute(sa.text("CREATE TABLE once (\\n api_token TEXT)"))',
        "connection.commit()",
    )

    done = run(directory, _SQLITE, "sql", f"--python={python}")

    script = (done.folder / "sql" / "development" / "upgrade.sql").read_text()
    line = (directory / "migrations" / "env.py").read_text().split("CREATE TABLE")[0].count(
        "\n"
    ) + 1
    assert f"migrations/env.py:{line} also executes" in script
    assert "--   CREATE TABLE once ( api_token TEXT)\n" in script
    assert script.index("PRAGMA foreign_keys = ON;") < script.index("CREATE TABLE accounts")
    told = [(one["text"], one["written"]) for one in done.step("sql")["result"]["setup"]]
    assert told == [
        ("PRAGMA foreign_keys = ON", True),
        ("CREATE TABLE once (\n api_token TEXT)", False),
    ]
    assert "env-statement" in (done.folder / "findings.sarif").read_text()
    assert "2 statements of env.py's own" in done.stdout


@pytest.mark.postgresql
def test_the_script_of_a_tenant_enters_its_schema(
    tmp_path: Path, postgresql_url: DatabaseURL
) -> None:
    python = CURRENT.interpreter()
    directory = initialised(python, "generic", tmp_path / "project", CREATE)
    with Control.open(postgresql_url, timeout=30) as control:
        for schema in ("acme", 'glo"bex'):
            control.execute('CREATE SCHEMA "{}"'.format(schema.replace('"', '""')))

    done = alembic_ci(
        "sql",
        "--schemas=SELECT nspname FROM pg_namespace WHERE nspname IN ('acme', 'glo\"bex')",
        f"--python={python}",
        directory=directory,
        variables={
            "DATABASE_URL": dataclasses.replace(
                postgresql_url, drivername="postgresql+psycopg2", written=""
            ).render(),
            "SCRATCH_DATABASE_URL": postgresql_url.render(),
        },
    )

    assert done.exit_code == 0, done.everything
    for script in done.folder.glob("sql/development/*/upgrade.sql"):
        apply(script, postgresql_url)
    assert {"acme", 'glo"bex'} <= _schemas(postgresql_url)
    assert "public" not in _schemas(postgresql_url)
    assert "same as" in done.stdout


_PAST = {
    "cursor": "cursor = op.get_bind().connection.cursor()",
    "script": "op.get_bind().connection.executescript('CREATE TABLE b (id INT)')",
    "driver": "op.get_bind().connection.driver_connection.execute('CREATE TABLE b (id INT)')",
    "engine": "op.get_bind().engine.raw_connection().cursor()",
}


@pytest.mark.parametrize("pinned", [OLDEST, CURRENT], ids=lambda pinned: str(pinned.name))
@pytest.mark.parametrize("way", _PAST)
def test_who_goes_past_sqlalchemy_is_named(way: str, pinned: PinnedSet, tmp_path: Path) -> None:
    python = pinned.interpreter()
    past = Written(
        revision="aaa1",
        down=None,
        upgrade=f'op.execute("CREATE TABLE a (id INT)")\n{_PAST[way]}',
        downgrade='op.execute("DROP TABLE a")',
    )
    directory = initialised(python, "generic", tmp_path / "project", past)

    done = run(directory, _SQLITE, "sql", f"--python={python}")

    up, down = done.step("sql")["result"]["revisions"]
    file = directory / "migrations" / "versions" / "aaa1_step.py"
    line = file.read_text().split(_PAST[way])[0].count("\n") + 1
    assert (up["unseen"], down["unseen"]) == ([line], [])
    script = (done.folder / "sql" / "development" / "upgrade.sql").read_text()
    assert f"not in this script: what migrations/versions/aaa1_step.py:{line} executes" in script
    assert "unseen-sql" in (done.folder / "findings.sarif").read_text()
    assert f"aaa1_step.py:{line}" in done.stdout


@pytest.mark.parametrize(
    "driver",
    [
        marked(driver, driver=driver, name=driver)
        for driver in ("postgresql+psycopg", "postgresql+asyncpg", "mysql+asyncmy", "sqlite")
    ],
)
def test_sqlalchemy_itself_does_not_go_past_itself(
    driver: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    python = ASYNC.interpreter()
    template = "async" if driver.endswith(("asyncpg", "asyncmy")) else "generic"
    reads = Written(
        revision="aaa1",
        down=None,
        upgrade="""connection = op.get_bind()
things = op.create_table("things", sa.Column("id", sa.Integer()))
op.bulk_insert(things, [{"id": 1}, {"id": 2}])
sa.inspect(connection).get_columns("things")
with connection.begin_nested():
    connection.execute(sa.select(things)).all()""",
        downgrade='op.drop_table("things")',
    )
    directory = initialised(python, template, tmp_path / "project", reads)

    with twins(driver, request, tmp_path) as pair:
        done = run(directory, pair.upgraded, "sql", f"--python={python}")

    assert [one["unseen"] for one in done.step("sql")["result"]["revisions"]] == [[], []]
    assert dialect_of(driver) in driver
