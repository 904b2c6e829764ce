"""Rows on MariaDB: every type, every constraint, cycles, and what cannot be filled."""

from collections.abc import Iterator

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from integration.rows import mysql_schema as schema
from integration.rows.scratch import Scratch

pytestmark = pytest.mark.mysql


@pytest.fixture
def scratch(mysql_url: DatabaseURL) -> Iterator[Scratch]:
    with Control.open(mysql_url, timeout=10) as control:
        yield Scratch(control)


def test_every_type_gets_values(scratch: Scratch) -> None:
    scratch.run(schema.TYPES)
    own = schema.MARIADB_TYPES if "MariaDB" in scratch.control.server else schema.ITSELF_TYPES
    scratch.run(own)

    assert scratch.reasons() == {}
    for table, contents in scratch.filler.contents().items():
        assert scratch.empty_columns(table) == []
        assert len(contents.rows) == 3


def test_every_constraint_is_respected(scratch: Scratch) -> None:
    scratch.run(schema.CONSTRAINTS)

    assert scratch.reasons() == {}
    contents = scratch.filler.contents()
    assert {name: len(table.rows) for name, table in contents.items()} == dict.fromkeys(contents, 3)
    assert scratch.empty_columns("checks") == []
    assert "seen" not in contents


def test_cycles_are_closed(scratch: Scratch) -> None:
    scratch.run(schema.CYCLES)

    assert scratch.reasons() == {}
    assert scratch.column("employees", "manager_id") == ["3", "1", None]
    assert scratch.column("people", "team_id") == ["1", "2", None]
    assert scratch.column("loops", "next_id") == ["1", "2", "3"]


def test_what_cannot_be_filled_is_named(scratch: Scratch) -> None:
    scratch.run(schema.UNFILLABLE)

    ring = "eggs, hens must refer to each other, and this database looks at each row at once"
    reasons = scratch.reasons()
    condition = reasons.pop("impossible").replace("(", "").replace(")", "")  # MySQL has more
    assert condition == "no made value satisfies CHECK `id` > 5 and `id` < 5"
    assert reasons == {
        "child_of_impossible": "it must refer to impossible, which has no rows",
        "guarded": "the database refuses made rows: no entry here",
        "eggs": ring,
        "hens": ring,
    }


def test_a_new_column_of_a_table_with_rows_gets_values(scratch: Scratch) -> None:
    scratch.run("CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY)")
    scratch.reasons()
    scratch.run("ALTER TABLE t ADD note varchar(30), ADD c varchar(3) CHECK (c = 'x')")

    scratch.filler.fill(["t"])

    assert scratch.column("t", "note") == ["note 1", "note 2".ljust(30, "x"), None]
    assert scratch.column("t", "c") == ["x", "x", None]


def test_only_the_named_tables_and_what_they_refer_to_are_filled(scratch: Scratch) -> None:
    scratch.run(schema.CONSTRAINTS)

    assert scratch.filler.fill(["shared_key"]) == ()
    assert scratch.counts(["shared_key", "serials", "identities", "tenants"]) == {
        "shared_key": 3,
        "serials": 3,
        "identities": 3,
        "tenants": 0,
    }
