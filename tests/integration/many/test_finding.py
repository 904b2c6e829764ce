"""Databases that are not written down: found by a query, or as schemas; picked, and resumed."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from jobs import Finished
from servers import fresh_database
from tenants import add, by_label, called, files, listed, project, states, tables


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return project(tmp_path / "project")


@pytest.fixture
def urls(postgresql_admin: DatabaseURL) -> Iterator[list[DatabaseURL]]:
    """Three empty PostgreSQL databases."""
    with ExitStack() as stack:
        made = [stack.enter_context(fresh_database(postgresql_admin)) for _ in range(3)]
        yield [replace(url, drivername="postgresql+psycopg2", written="") for url in made]


def _execute(url: DatabaseURL, *statements: str) -> None:
    with Control.open(url, timeout=30) as control:
        for statement in statements:
            control.execute(statement)


def _registry(path: Path, rows: dict[str, str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table tenants (name text, place text)")
        connection.executemany("insert into tenants values (?, ?)", rows.items())
        connection.commit()


def test_a_registry_lists_the_databases(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 3)
    _registry(
        tmp_path / "registry.db", {name: f"sqlite:///{path}" for name, path in databases.items()}
    )
    query = "select name, place from tenants order by name"
    variables = {"PROD_REGISTRY_URL": f"sqlite:///{tmp_path}/registry.db"}
    arguments = ["--environments=prod", f"--databases-query={query}"]

    run = called("upgrade", *arguments, directory=folder, variables=variables)

    assert run.exit_code == 0, run.text
    assert states(run) == dict.fromkeys(databases, "passed")
    assert all("t0002" in tables(path) for path in databases.values())
    assert tables(tmp_path / "registry.db") == {"tenants"}


@pytest.mark.postgresql
def test_a_registry_may_give_names_of_databases_on_its_server(
    folder: Path, urls: list[DatabaseURL]
) -> None:
    registry, *others = urls
    values = ", ".join(f"('eu{number}', '{url.database}')" for number, url in enumerate(others))
    _execute(
        registry, "create table tenants (n text, d text)", f"insert into tenants values {values}"
    )
    variables = {
        "PROD_DATABASE_URL": registry.render(),
        "ENVIRONMENT": "production",
        "ALEMBIC_CI_DATABASES_QUERY": "select n, d from tenants where d like 'alembic%'",
    }

    run = called("upgrade", directory=folder, variables=variables)
    evil = called(
        "upgrade",
        "--databases-query=delete from tenants returning n, d",
        directory=folder,
        variables=variables,
    )

    assert run.exit_code == 0, run.text
    assert states(run) == {"eu0": "passed", "eu1": "passed"}
    assert evil.exit_code == 2
    assert (
        "databases-query of production failed"
        in evil.report["environments"][0]["problem"]["problem"]
    )


def test_a_registry_that_lists_nothing_fails(folder: Path, tmp_path: Path) -> None:
    _registry(tmp_path / "registry.db", {})

    run = called(
        "upgrade",
        "--environments=prod,dev",
        "--databases-query=select place from tenants",
        directory=folder,
        variables={
            "PROD_REGISTRY_URL": f"sqlite:///{tmp_path}/registry.db",
            "DEV_REGISTRY_URL": f"sqlite:///{tmp_path}/nowhere/registry.db",
        },
    )

    first, second = run.report["environments"]
    assert run.exit_code == 2
    assert "returned no database" in first["problem"]["problem"]
    assert "does not exist" in second["problem"]["problem"]


_SCHEMAS = ("acme", "b-b", "Zoë")


@pytest.mark.postgresql
def test_each_schema_is_migrated_by_itself(
    tmp_path: Path, urls: list[DatabaseURL], postgresql_admin: DatabaseURL
) -> None:
    seen = tmp_path / "seen"
    check = f"""from alembic import context
import os
schema = context.get_x_argument(as_dictionary=True)["schema"]
assert os.environ["DATABASE_SCHEMA"] == schema
print(schema, file=open({str(seen)!r}, "a"))"""
    folder = project(tmp_path / "project", before=check)
    _make_schemas(urls[0])
    variables = {
        "DEV_DATABASE_URL": urls[0].render(),
        "SCRATCH_DATABASE_URL": postgresql_admin.render(),
    }
    wanted = f"--schemas={', '.join(_SCHEMAS)}"

    run = called("run", wanted, directory=folder, variables=variables)
    again = called("upgrade", wanted, directory=folder, variables=variables)

    assert run.exit_code == 0, run.text
    assert set(states(run).values()) == {"passed"}
    assert set(states(run)) == set(_SCHEMAS)
    assert set(seen.read_text().split()) == set(_SCHEMAS)
    assert {tuple(d["steps"][0]["result"]["applied"]) for d in by_label(again).values()} == {()}
    with Control.open(urls[0], timeout=30) as control:
        rows = control.query(
            "select schemaname, count(*) from pg_tables where schemaname <> 'information_schema' "
            "and schemaname <> 'pg_catalog' group by 1"
        )
    assert sorted(rows) == [(schema, 3) for schema in sorted(_SCHEMAS)]


def _make_schemas(url: DatabaseURL) -> None:
    _execute(url, *(f'create schema "{schema}"' for schema in _SCHEMAS), "drop schema public")


@pytest.mark.postgresql
@pytest.mark.parametrize("wanted", ["%", "select nspname from pg_namespace where oid > 16384"])
def test_schemas_are_found(tmp_path: Path, urls: list[DatabaseURL], wanted: str) -> None:
    _make_schemas(urls[0])

    run = called(
        "status",
        f"--schemas={wanted}",
        directory=project(tmp_path / "project"),
        variables={"DEV_DATABASE_URL": urls[0].render()},
    )

    assert run.exit_code == 0, run.text
    assert set(states(run)) == set(_SCHEMAS)


@pytest.mark.postgresql
def test_a_schema_that_is_not_there_or_not_entered_is_refused(
    tmp_path: Path, urls: list[DatabaseURL]
) -> None:
    folder = project(tmp_path / "project")
    _execute(urls[0], "create schema acme")
    variables = {"DEV_DATABASE_URL": urls[0].render()}
    env = folder / "migrations" / "env.py"

    missing = called("upgrade", "--schemas=acme,nope", directory=folder, variables=variables)
    env.write_text(
        env.read_text().replace(
            "        context.configure(connection=connection)",
            '        connection.exec_driver_sql("set search_path to public")\n'
            "        connection.commit()\n"
            "        context.configure(connection=connection)",
        )
    )
    elsewhere = called("upgrade", "--schemas=acme", directory=folder, variables=variables)

    assert missing.exit_code == 2
    assert states(missing) == {"acme": "passed", "nope": "failed"}
    assert "has no schema nope" in by_label(missing)["nope"]["steps"][0]["problem"]["problem"]
    assert elsewhere.exit_code == 6
    assert "not in the schema acme" in elsewhere.text


def test_only_the_databases_that_are_picked(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 12)

    def upgrade(*arguments: str, **more: str) -> Finished:
        return called("upgrade", *arguments, directory=folder, variables=listed(databases) | more)

    picked = upgrade("--databases=tenant1*,tenant03")
    wrong = upgrade("--databases=tenant99")
    parts = [
        set(states(upgrade("--shard=auto/3", JOB_COMPLETION_INDEX=str(index))))
        for index in range(3)
    ]
    empty = upgrade("--shard=1/9", "--databases=tenant03")

    assert set(states(picked)) == {"tenant03", "tenant10", "tenant11"}
    assert wrong.exit_code == 2
    assert "tenant99" in wrong.text
    assert sorted(label for part in parts for label in part) == list(databases)
    assert empty.exit_code == 0
    assert "shard 1/9 holds none of its database" in empty.text
    assert empty.report["environments"][0]["databases"] == []


def test_a_run_goes_on_where_an_earlier_one_ended(folder: Path, tmp_path: Path) -> None:
    databases = files(tmp_path, 5)
    with closing(sqlite3.connect(databases["tenant02"])) as connection:
        connection.execute("create table t0002 (id integer)")
    saved = folder / "earlier.json"

    def upgrade(*arguments: str) -> Finished:
        run = called("upgrade", *arguments, directory=folder, variables=listed(databases))
        saved.write_text(json.dumps(run.report))
        return run

    first = upgrade("--parallel=1", "--max-failures=1")
    begun = states(first)
    with closing(sqlite3.connect(databases["tenant02"])) as connection:
        connection.execute("drop table t0002")
    again = upgrade("--resume-from=earlier.json")
    resumed = states(again)
    reason = by_label(again)["tenant00"]["steps"][0]["reason"]
    third = states(upgrade("--resume-from=earlier.json"))
    add(folder, "0003", "0002")
    newer = states(upgrade("--resume-from=earlier.json"))

    passed, left = ["passed", "skipped"]
    assert list(begun.values()) == [passed, passed, "failed", left, left]
    assert list(resumed.values()) == [left, left, passed, passed, passed]
    assert reason == "done before, says earlier.json"
    assert list(third.values()) == [left] * 5
    assert list(newer.values()) == [passed] * 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, "cannot be read"),
        ("nonsense", "not JSON"),
        ("{}", "no report of alembic-ci"),
        ('{"schema": 1, "command": "sql", "environments": []}', "not of `upgrade`"),
        ('{"schema": 1, "command": "upgrade", "environments": [1]}', "no report"),
    ],
)
def test_what_is_no_report_is_not_resumed_from(
    folder: Path, tmp_path: Path, text: str | None, told: str
) -> None:
    if text is not None:
        (folder / "earlier.json").write_text(text)

    run = called(
        "upgrade",
        "--resume-from=earlier.json",
        directory=folder,
        variables=listed(files(tmp_path, 2)),
    )

    assert run.exit_code == 2
    assert told in run.report["problem"]["problem"]
