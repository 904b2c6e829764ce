"""Rows on SQLite: every affinity, every constraint, cycles, and what cannot be filled."""

import sqlite3
from collections.abc import Iterator

import pytest

from alembic_ci.database.control import Control
from alembic_ci.urls import DatabaseURL
from integration.rows import sqlite_schema as schema
from integration.rows.scratch import Scratch

_STRICT_SINCE = (3, 37)


@pytest.fixture(params=["ON", "OFF"])
def scratch(sqlite_url: DatabaseURL, request: pytest.FixtureRequest) -> Iterator[Scratch]:
    """A database whose foreign keys are enforced, and one where they are only declared."""
    with Control.open(sqlite_url, timeout=10) as control:
        control.execute("PRAGMA user_version = 1")
        control.execute(f"PRAGMA foreign_keys = {request.param}")
        yield Scratch(control)


def test_every_type_gets_values(scratch: Scratch) -> None:
    scratch.run(schema.TYPES)
    if sqlite3.sqlite_version_info >= _STRICT_SINCE:
        scratch.run(schema.STRICT_TYPES)

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
    assert scratch.control.query("PRAGMA foreign_key_check") == []


def test_cycles_are_closed(scratch: Scratch) -> None:
    scratch.run(schema.CYCLES)

    assert scratch.reasons() == {}
    assert scratch.control.query("PRAGMA foreign_key_check") == []
    assert scratch.column("employees", "manager_id") == ["3", "1", None]
    assert scratch.column("hens", "egg_id") == ["1", "2", "3"]


def test_what_cannot_be_filled_is_named(scratch: Scratch) -> None:
    scratch.run(schema.UNFILLABLE, *schema.TRIGGERS)

    assert scratch.reasons() == {
        "impossible": "no made value satisfies CHECK (id > 5 AND id < 5)",
        "child_of_impossible": "it must refer to impossible, which has no rows",
        "guarded": "the database refuses made rows: no entry here",
        "swallowed": "inserted rows are not there: a trigger or a rule took them away",
        "words": "it is a virtual table, whose module decides what a row is",
    }


def test_a_new_column_of_a_table_with_rows_gets_values(scratch: Scratch) -> None:
    scratch.run("CREATE TABLE t (name TEXT)", "CREATE TABLE k (a TEXT PRIMARY KEY) WITHOUT ROWID")
    scratch.reasons()
    scratch.run("ALTER TABLE t ADD note VARCHAR(30)", "ALTER TABLE k ADD note VARCHAR(30)")

    scratch.filler.fill(["t", "k"])

    note = ["note 1", "note 2".ljust(30, "x")]
    assert sorted(filter(None, scratch.column("t", "note"))) == note
    assert sorted(filter(None, scratch.column("k", "note"))) == note


def test_only_the_named_tables_and_what_they_refer_to_are_filled(scratch: Scratch) -> None:
    scratch.run(schema.CONSTRAINTS)

    assert scratch.filler.fill(["Shared_Key"]) == ()
    assert scratch.counts(["shared_key", "serials", "identities", "flags"]) == {
        "shared_key": 3,
        "serials": 3,
        "identities": 3,
        "flags": 0,
    }


def test_references_find_their_table_in_any_case(scratch: Scratch) -> None:
    scratch.run(
        "CREATE TABLE Parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (parent_id INT NOT NULL REFERENCES PARENT)",
    )

    assert scratch.filler.fill(["CHILD"]) == ()
    assert scratch.column("child", "parent_id") == ["1", "2", "3"]


def test_tables_behind_a_virtual_table_are_left_alone(scratch: Scratch) -> None:
    scratch.run("CREATE VIRTUAL TABLE words USING fts5 (body)")

    assert scratch.filler.fill(["words_data", "words_content"]) == ()
    assert scratch.counts(["words_content"]) == {"words_content": 0}
