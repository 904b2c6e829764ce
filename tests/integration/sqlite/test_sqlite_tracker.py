"""What is no difference on SQLite, and how the tracker follows a walk."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.database.tracking import Query, Value
from alembic_ci.delta import ObjectKey
from alembic_ci.model import Phase
from alembic_ci.urls import DatabaseURL
from alembic_ci.wording import residue

PARENTS = "CREATE TABLE p (id INTEGER PRIMARY KEY, x INT)"


@pytest.fixture
def project(sqlite_url: DatabaseURL) -> Iterator[sqlite3.Connection]:
    """The project's own connection."""
    with closing(sqlite3.connect(sqlite_url.database or "", isolation_level=None)) as connection:
        connection.execute(PARENTS)
        yield connection


@pytest.fixture
def tracker(project: sqlite3.Connection, sqlite_url: DatabaseURL) -> Iterator[SQLiteTracker]:
    """A tracker that has read the database."""
    assert not project.in_transaction
    with Control.open(sqlite_url, timeout=5) as control:
        tracker = SQLiteTracker(control.query)
        tracker.start()
        yield tracker


def counted(control: Control, asked: list[str]) -> Query:
    """Note each query before it is asked."""

    def query(sql: str) -> Sequence[Sequence[Value]]:
        asked.append(sql)
        return control.query(sql)

    return query


SAME = {
    "quoting": ("t (a INT, b INT, CHECK (a > b))", '"t" ([a] INT, `b` INT, CHECK ("a" > [b]))'),
    "white space and comments": ("t (a INT, b INT)", "t (a  INT, -- first\n b /* second */ INT)"),
    "case of keywords": (
        "t (a INT NOT NULL, CHECK (a IN (1)))",
        "t (a int not null, check (a in (1)))",
    ),
    "case of functions": ("t (a, CHECK (LENGTH(a) > 1))", "t (a, CHECK (length( a ) > 1))"),
    "spelling of operators": ("t (a, CHECK (a != 1))", "t (a, CHECK (a <> 1))"),
    "outer parentheses": ("t (a, CHECK ((a > 1)))", "t (a, CHECK (a > 1))"),
    "order of constraints": (
        "t (a, UNIQUE (a), CHECK (a > 1))",
        "t (a, CHECK (a > 1), UNIQUE (a))",
    ),
    "unique at the column": ("t (a INT UNIQUE)", "t (a INT, UNIQUE (a))"),
    "check at the column": ("t (a INT CHECK (a > 1))", "t (a INT, CHECK (a > 1))"),
    "reference at the column": (
        "t (a REFERENCES p (id))",
        "t (a, FOREIGN KEY(a) REFERENCES p (id))",
    ),
    "primary key at the column": ("t (a INTEGER PRIMARY KEY)", "t (a INTEGER, PRIMARY KEY (a))"),
    "default in parentheses": ("t (a INT DEFAULT 1)", "t (a INT DEFAULT (1))"),
    "number as a text": ("t (a INT DEFAULT -1)", "t (a INT DEFAULT '-1')"),
    "truth as a number": ("t (a BOOLEAN DEFAULT false)", "t (a BOOLEAN DEFAULT '0')"),
    "number with a fraction": ("t (a FLOAT DEFAULT 1)", "t (a FLOAT DEFAULT '1.0')"),
    "default in double quotes": ("t (a DEFAULT 'x')", 't (a DEFAULT "x")'),
    "spelling of types": (
        "t (a varchar (50), b numeric(10,2))",
        "t (a VARCHAR(50), b NUMERIC(10, 2))",
    ),
    "reference to the primary key": ("t (a REFERENCES p)", "t (a REFERENCES p (id))"),
    "match": ("t (a REFERENCES p (id) MATCH FULL)", "t (a REFERENCES p (id))"),
    "not deferrable": ("t (a REFERENCES p NOT DEFERRABLE)", "t (a REFERENCES p)"),
    "deferrable but immediate": (
        "t (a REFERENCES p DEFERRABLE INITIALLY IMMEDIATE)",
        "t (a REFERENCES p)",
    ),
    "default action": ("t (a REFERENCES p ON DELETE NO ACTION)", "t (a REFERENCES p)"),
    "default conflict action": ("t (a UNIQUE ON CONFLICT ABORT)", "t (a UNIQUE)"),
    "default collation": ("t (a TEXT COLLATE BINARY)", "t (a TEXT)"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_tables_that_mean_the_same_are_the_same(
    one: str, other: str, project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.execute(f"CREATE TABLE {one}")
    tracker.advance()
    project.executescript(f"DROP TABLE t; CREATE TABLE {other}")

    assert not tracker.advance()
    assert not tracker.resync()


NOTHING = {
    "counters of AUTOINCREMENT": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t DEFAULT VALUES;"
        " DROP TABLE t"
    ),
    "statistics": "INSERT INTO p VALUES (1, 2); ANALYZE",
    "rows": "INSERT INTO p VALUES (1, 2)",
    "vacuum": "VACUUM",
    "a column that came and went": "ALTER TABLE p ADD y INT; ALTER TABLE p DROP COLUMN y",
    "names that changed and changed back": (
        "ALTER TABLE p RENAME TO q; ALTER TABLE q RENAME x TO y; ALTER TABLE q RENAME y TO x;"
        " ALTER TABLE q RENAME TO p"
    ),
    "the version table": (
        "CREATE TABLE alembic_version (n VARCHAR(32)); CREATE INDEX v ON alembic_version (n)"
    ),
    "a temporary table": "CREATE TEMPORARY TABLE t (a INT)",
}


@pytest.mark.parametrize("sql", NOTHING.values(), ids=NOTHING)
def test_what_does_not_matter_is_no_difference(
    sql: str, project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.executescript(sql)

    assert not tracker.advance()
    assert not tracker.resync()


def test_the_order_in_which_indexes_were_made_is_no_difference(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    one, other = "CREATE INDEX a ON p (id)", "CREATE UNIQUE INDEX b ON p (x)"
    project.executescript(f"{one};{other}")
    tracker.advance()
    project.executescript(f"DROP INDEX a; DROP INDEX b; {other}; {one}")

    assert not tracker.advance()


def test_a_virtual_table_hides_its_shadows(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.executescript("CREATE VIRTUAL TABLE docs USING fts5(a); CREATE TABLE docs_mine (a)")

    tables = {key.name for key in tracker.advance().changes if key.kind == "table"}

    assert tables == {"docs", "docs_mine"}


def test_a_reference_without_columns_follows_the_parents_key(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.execute("CREATE TABLE t (a REFERENCES p)")
    tracker.advance()
    project.executescript("DROP TABLE p; CREATE TABLE p (id INT, x INTEGER PRIMARY KEY)")

    delta = tracker.advance()

    assert ObjectKey("foreign key", "t", "(a)") in delta.changes
    assert not tracker.resync()


def test_a_constraint_that_gained_a_name_is_a_difference(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.execute("CREATE TABLE t (a INT UNIQUE)")
    tracker.advance()
    project.executescript("DROP TABLE t; CREATE TABLE t (a INT, CONSTRAINT uq UNIQUE (a))")

    differences, notices = residue(tracker.advance(), Phase.DOWN)

    assert [item.object for item in differences] == ["unique constraint t.(a)"]
    assert not notices


def test_a_step_that_was_undone_is_seen_again(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    before = dict(tracker.state)
    project.execute("BEGIN")
    project.execute("CREATE TABLE t (a INT)")
    project.execute("COMMIT")
    delta = tracker.advance()

    tracker.undo(delta)

    assert tracker.state == before
    assert tracker.advance() == delta


def test_one_query_is_enough_when_nothing_changed(
    project: sqlite3.Connection, sqlite_url: DatabaseURL
) -> None:
    asked: list[str] = []
    with Control.open(sqlite_url, timeout=5) as control:
        tracker = SQLiteTracker(counted(control, asked))
        tracker.start()
        asked.clear()

        project.execute("INSERT INTO p VALUES (1, 2)")
        tracker.advance()

    assert len(asked) == 1


def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(
    project: sqlite3.Connection, sqlite_url: DatabaseURL
) -> None:
    counts = []
    for size in (3, 60):
        for number in range(size):
            project.execute(f"CREATE TABLE t_{size}_{number} (a INT UNIQUE REFERENCES p)")
        asked: list[str] = []
        with Control.open(sqlite_url, timeout=5) as control:
            SQLiteTracker(counted(control, asked)).start()
        counts.append(len(asked))

    assert counts[0] == counts[1]


DEFERRED = "DEFERRABLE INITIALLY DEFERRED"
FOREIGN_KEYS = [
    f"t (a REFERENCES p ON DELETE SET NULL NOT NULL, b REFERENCES p {DEFERRED})",
    (
        "t (a, b, CONSTRAINT x FOREIGN KEY (a) REFERENCES p CONSTRAINT y FOREIGN KEY (b)"
        f" REFERENCES p ON UPDATE SET DEFAULT {DEFERRED})"
    ),
    (
        "t (a CONSTRAINT x REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED CHECK (a > ')'), b"
        f" DEFAULT (1 + (2)) CONSTRAINT y REFERENCES p (id) ON DELETE CASCADE {DEFERRED})"
    ),
]


@pytest.mark.parametrize("sql", FOREIGN_KEYS)
def test_names_and_deferral_find_their_foreign_key(
    sql: str, project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.execute(f"CREATE TABLE {sql}")

    tracker.advance()
    found = {
        attributes["columns"]: (key.name, attributes["deferrable"])
        for key, attributes in tracker.state.items()
        if key.kind == "foreign key"
    }
    named = "CONSTRAINT" in sql

    assert found == {
        "a": ("x" if named else "(a)", "NOT DEFERRABLE"),
        "b": ("y" if named else "(b)", "DEFERRABLE INITIALLY DEFERRED"),
    }


def test_keys_without_names_do_not_hide_each_other(
    project: sqlite3.Connection, tracker: SQLiteTracker
) -> None:
    project.execute("CREATE TABLE q (id INTEGER PRIMARY KEY)")
    project.execute("CREATE TABLE t (a REFERENCES p REFERENCES q, CHECK (a > 1), CHECK (a > 1))")
    tracker.advance()

    names = sorted(key.name for key in tracker.state if key.parent == "t" and "(" in key.name)

    assert names == ["(a > 1)", "(a > 1) 2", "(a)", "(a) 2"]
