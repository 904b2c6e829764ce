"""Rows on PostgreSQL: every type, every constraint, cycles, and what cannot be filled."""

import time
from collections.abc import Iterator

import pytest

from alembic_ci.database.control import Control
from alembic_ci.errors import DatabaseUnreachableError
from alembic_ci.urls import DatabaseURL
from integration.rows import postgresql_schema as schema
from integration.rows.scratch import Scratch

pytestmark = pytest.mark.postgresql


@pytest.fixture
def scratch(postgresql_url: DatabaseURL) -> Iterator[Scratch]:
    with Control.open(postgresql_url, timeout=10) as control:
        for extension in schema.EXTENSIONS:
            control.execute(f"CREATE EXTENSION {extension}")
        yield Scratch(control)


def test_every_type_gets_values(scratch: Scratch) -> None:
    scratch.control.execute(schema.TYPES)

    assert scratch.reasons() == {}
    assert scratch.empty_columns("every_type") == []
    rows = scratch.filler.contents()["every_type"].rows
    assert len(rows) == 3


def test_every_constraint_is_respected(scratch: Scratch) -> None:
    scratch.control.execute(schema.CONSTRAINTS)

    reasons = scratch.reasons()

    assert reasons == {"singleton": "there are no further distinct values for id"}
    assert scratch.empty_columns("checks") == []
    contents = scratch.filler.contents()
    assert {name: len(table.rows) for name, table in contents.items()} == {
        **dict.fromkeys(contents, 3),
        "singleton": 1,
        "events": 6,
        "readings": 6,
        "regions": 9,
    }


def test_cycles_are_closed(scratch: Scratch) -> None:
    scratch.control.execute(schema.CYCLES)

    assert scratch.reasons() == {}
    assert scratch.column("employees", "manager_id") == ["3", "1", None]
    assert scratch.column("people", "team_id") == ["1", "2", None]
    assert scratch.column("hens", "egg_id") == ["1", "2", "3"]


def test_sequences_go_on_after_the_rows(scratch: Scratch) -> None:
    scratch.control.execute(schema.CONSTRAINTS + schema.CYCLES)
    scratch.reasons()

    scratch.control.execute("INSERT INTO identities (name) VALUES ('own')")
    scratch.control.execute("INSERT INTO employees (name) VALUES ('own')")
    (row,) = scratch.control.query("SELECT max(id) FROM employees")

    assert row == (4,)


def test_what_cannot_be_filled_is_named(scratch: Scratch) -> None:
    scratch.control.execute(schema.UNFILLABLE)

    reasons = scratch.reasons()

    assert reasons.pop("unsolved").startswith("no made value satisfies CHECK (")
    assert reasons == {
        "impossible": "no made value satisfies CHECK (((id > 5) AND (id < 5)))",
        "child_of_impossible": "it must refer to impossible, which has no rows",
        "partitioned_nowhere": "it is partitioned and has no partition",
        "guarded": "the database refuses made rows: no entry here",
        "swallowed": "inserted rows are not there: a trigger or a rule took them away",
    }


def test_an_unknown_type_is_named(scratch: Scratch) -> None:
    scratch.control.execute("CREATE TABLE books (number isbn NOT NULL)")

    assert scratch.reasons() == {"books": "no made value is a isbn"}


def test_values_are_the_same_in_every_run(scratch: Scratch) -> None:
    scratch.control.execute(schema.CONSTRAINTS)
    scratch.reasons()
    first = dict(scratch.filler.contents())
    names = ", ".join(f'"{name}"' for name in first if "Odd" not in name)
    scratch.control.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")

    scratch.reasons()

    assert scratch.filler.contents() == first


def test_views_and_the_version_table_stay_as_they_are(scratch: Scratch) -> None:
    scratch.control.execute(
        "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL);"
        "CREATE TABLE t (id int); CREATE VIEW v AS SELECT * FROM t"
    )

    assert scratch.reasons() == {}
    assert scratch.counts(["alembic_version", "t"]) == {"alembic_version": 0, "t": 3}
    assert list(scratch.filler.contents()) == ["t"]


def test_a_user_without_the_privilege_is_named(scratch: Scratch) -> None:
    scratch.control.execute("CREATE TABLE closed (id int); CREATE TABLE half (id int)")
    scratch.control.execute("DROP ROLE IF EXISTS rows_test; CREATE ROLE rows_test")
    scratch.control.execute("GRANT SELECT ON half TO rows_test")
    scratch.control.execute("SET ROLE rows_test")

    reasons = scratch.reasons()

    scratch.control.execute("RESET ROLE; DROP OWNED BY rows_test; DROP ROLE rows_test")
    assert reasons == {
        "closed": "this user may not read it",
        "half": "the database refuses made rows: permission denied for table half",
    }


def test_a_new_column_of_a_table_with_rows_gets_values(scratch: Scratch) -> None:
    scratch.control.execute("CREATE TABLE t (id serial PRIMARY KEY); CREATE TABLE p (id int)")
    scratch.reasons()
    scratch.control.execute(
        "ALTER TABLE t ADD note varchar(30), ADD t_id int REFERENCES t, ADD c text CHECK (c = 'x');"
        "ALTER TABLE p ADD note varchar(30)"
    )

    scratch.filler.fill(["t", "p"])

    note = ["note 1", "note 2".ljust(30, "x"), None]
    assert scratch.column("t", "note") == note
    assert scratch.column("t", "t_id") == ["3", "1", None]
    assert scratch.column("t", "c") == ["x", "x", None]
    assert sorted(map(str, scratch.column("p", "note"))) == sorted(map(str, note))


def test_rows_that_are_there_are_counted(scratch: Scratch) -> None:
    scratch.control.execute(
        "CREATE TABLE t (id int PRIMARY KEY, name text UNIQUE);"
        "INSERT INTO t VALUES (1, 'name 2'), (2, 'own')"
    )

    assert scratch.reasons() == {}
    assert len(scratch.column("t", "id")) == 3


def test_only_the_named_tables_and_what_they_refer_to_are_filled(scratch: Scratch) -> None:
    scratch.control.execute(
        "CREATE TABLE a (id serial PRIMARY KEY); CREATE TABLE other (id int);"
        "CREATE TABLE b (id serial PRIMARY KEY, a_id int NOT NULL REFERENCES a);"
        "CREATE TABLE c (b_id int NOT NULL REFERENCES b)"
    )

    assert scratch.filler.fill(["c", "no_such_table"]) == ()
    assert scratch.counts("abc") == {"a": 3, "b": 3, "c": 3}
    assert scratch.counts(["other"]) == {"other": 0}


def test_a_named_partitioned_table_gets_rows_in_its_partitions(scratch: Scratch) -> None:
    scratch.control.execute(schema.CONSTRAINTS)

    assert scratch.filler.fill(["regions"]) == ()
    assert scratch.counts(["regions_eu", "regions_us_0", "identities"]) == {
        "regions_eu": 3,
        "regions_us_0": 3,
        "identities": 0,
    }


def test_a_lost_connection_is_no_verdict_on_a_table(
    scratch: Scratch, postgresql_url: DatabaseURL
) -> None:
    scratch.control.execute("CREATE TABLE t (id int CHECK (id > 5))")
    scratch.reasons()
    with Control.open(postgresql_url, timeout=10) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )

    with pytest.raises(DatabaseUnreachableError):
        scratch.filler.fill()


def test_250_tables_are_filled_in_two_seconds_of_our_own(scratch: Scratch) -> None:
    for turn in range(125):
        scratch.control.execute(
            f"CREATE TYPE colour{turn} AS ENUM ('RED', 'BLUE');"
            f"CREATE TABLE items{turn} (id serial PRIMARY KEY, name varchar(100) NOT NULL,"
            f" amount bigint NOT NULL, note varchar(50) DEFAULT 'none', colour colour{turn});"
            f"CREATE TABLE parts{turn} (id serial PRIMARY KEY, code varchar(40) NOT NULL UNIQUE,"
            f" item_id int NOT NULL REFERENCES items{turn})"
        )
    started = time.process_time()

    assert scratch.reasons() == {}
    assert time.process_time() - started < 2
