"""Real databases beside a throw-away one, to which a name in SQL leads."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accidents import add_revision, alone, on, project, run, told
from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from servers import fresh_database, only_mariadb

pytestmark = pytest.mark.mysql


@pytest.fixture
def neighbour(mysql_admin: DatabaseURL) -> Iterator[DatabaseURL]:
    """Another database of the environment, with a row."""
    with fresh_database(mysql_admin) as place:
        url = replace(place, database=f"audit_{(place.database or '')[-8:]}", written="")
        with Control.open(mysql_admin, timeout=5) as control:
            control.execute(f"CREATE DATABASE {url.database}")
            control.execute(f"CREATE TABLE {url.database}.logs (id INTEGER PRIMARY KEY)")
            control.execute(f"INSERT INTO {url.database}.logs VALUES (7)")
            yield url
            control.execute(f"DROP DATABASE {url.database}")


@pytest.mark.parametrize(
    "statement", ["DROP TABLE {}.logs", "DELETE FROM {}.logs", "DROP DATABASE {}", "USE {}"]
)
def test_a_revision_that_changes_them_is_not_tried(
    mysql_url: DatabaseURL, neighbour: DatabaseURL, tmp_path: Path, statement: str
) -> None:
    directory = project(tmp_path)
    add_revision(directory, f'op.execute("{statement.format(neighbour.database)}")')

    refused = run(directory, "rollback-test", "--scope=all", variables=on(mysql_url))

    assert refused.exit_code == 6, refused.everything
    assert f"Revision 0004 changes the database {neighbour.database}" in told(refused)["problem"]
    with Control.open(neighbour, timeout=5) as control:
        assert control.query("SELECT id FROM logs") == [(7,)]


def test_no_database_is_made_there(mysql_url: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    add_revision(directory, 'op.execute("CREATE DATABASE audit_of_nobody")')

    refused = run(directory, "rollback-test", "--scope=all", variables=on(mysql_url))

    assert refused.exit_code == 6, refused.everything
    with Control.open(mysql_url, timeout=5) as control:
        assert control.query("SHOW DATABASES LIKE 'audit_of_nobody'") == []


def test_they_may_be_read(mysql_url: DatabaseURL, neighbour: DatabaseURL, tmp_path: Path) -> None:
    directory = project(tmp_path)
    copying = f"CREATE TABLE beds AS SELECT id FROM {neighbour.database}.logs"
    add_revision(directory, f'op.execute("{copying}")', downgrade='op.execute("DROP TABLE beds")')

    passed = run(directory, "rollback-test", "--scope=all", variables=on(mysql_url))

    assert passed.exit_code == 0, passed.everything


@only_mariadb
def test_on_a_server_of_its_own_a_revision_may_do_what_it_wants(
    mysql_url: DatabaseURL, tmp_path: Path
) -> None:
    directory = project(tmp_path)
    add_revision(
        directory,
        'op.execute("CREATE DATABASE IF NOT EXISTS audit_of_nobody")\n'
        'op.execute("CREATE TABLE IF NOT EXISTS audit_of_nobody.logs (id INTEGER)")',
        downgrade='op.execute("DROP DATABASE IF EXISTS audit_of_nobody")',
    )

    passed = run(directory, "rollback-test", "--scope=all", variables=alone(mysql_url))

    assert passed.exit_code == 0, passed.everything
