"""Every kind of object and attribute, left wrong by a downgrade, on SQLite."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.urls import DatabaseURL
from planted import Defect, proved

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email VARCHAR(100) NOT NULL, age INT,
  name TEXT DEFAULT 'x', CONSTRAINT uq_email UNIQUE (email), CONSTRAINT ck_age CHECK (age > 0));
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INT, note TEXT,
  CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id));
CREATE INDEX ix_age ON users (age);
CREATE VIEW adults AS SELECT id, email FROM users WHERE age > 17;
CREATE TRIGGER touch AFTER INSERT ON users BEGIN SELECT 1; END;
"""


def table(about: str, name: str, right: str, wrong: str, *, notice: bool = False) -> Defect:
    """Make a table anew, as batch mode does, and get it wrong."""
    made = f"CREATE TABLE IF NOT EXISTS parents (id INTEGER PRIMARY KEY, x INT UNIQUE);{right}"
    return Defect(
        about=about, object=name, setup=made, up="DROP TABLE t", down=wrong, notice=notice
    )


def column(about: str, right: str, wrong: str) -> Defect:
    """Make a column anew and get it wrong."""
    return table(
        about,
        "column t.c",
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, c {right})",
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, c {wrong})",
    )


def constraint(about: str, name: str, right: str, wrong: str) -> Defect:
    """Make a table constraint anew and get it wrong."""
    start = "CREATE TABLE t (a INT, b INT, "
    return table(about, name, f"{start}{right})", f"{start}{wrong})")


def index(about: str, right: str, wrong: str) -> Defect:
    """Make an index anew and get it wrong."""
    setup = f"CREATE TABLE t (a TEXT, b TEXT); {right}"
    return Defect(about=about, object="index t.ix", setup=setup, up="DROP INDEX ix", down=wrong)


_FK = "CONSTRAINT fk FOREIGN KEY (a)"
DEFECTS = [
    Defect(about="table left", object="table x", up="CREATE TABLE x (id INT)"),
    Defect(about="table taken", object="table orders", down="DROP TABLE orders"),
    Defect(
        about="batch table left",
        object="table _alembic_tmp_users",
        up="CREATE TABLE _alembic_tmp_users (id INT)",
    ),
    Defect(about="table renamed", object="table people", down="ALTER TABLE users RENAME TO people"),
    Defect(
        about="virtual table left",
        object="table docs",
        up="CREATE VIRTUAL TABLE docs USING fts5(body)",
    ),
    table(
        "virtual table options",
        "table t",
        "CREATE VIRTUAL TABLE t USING fts5(body)",
        "CREATE VIRTUAL TABLE t USING fts5(body, title)",
    ),
    table("strict", "table t", "CREATE TABLE t (a INT) STRICT", "CREATE TABLE t (a INT)"),
    table(
        "without rowid",
        "table t",
        "CREATE TABLE t (a INT PRIMARY KEY) WITHOUT ROWID",
        "CREATE TABLE t (a INT PRIMARY KEY)",
    ),
    Defect(about="column left", object="column users.x", up="ALTER TABLE users ADD x INT"),
    Defect(
        about="column taken", object="column users.name", down="ALTER TABLE users DROP COLUMN name"
    ),
    Defect(
        about="column renamed",
        object="column users.title",
        down="ALTER TABLE users RENAME COLUMN name TO title",
    ),
    column("type", "INT", "TEXT"),
    column("length", "VARCHAR(100)", "VARCHAR(255)"),
    column("null", "INT NOT NULL", "INT"),
    column("default", "INT DEFAULT 1", "INT DEFAULT 2"),
    column("default as a text", "TEXT DEFAULT 1", "TEXT DEFAULT '1.0'"),
    column("default of no type", "DEFAULT 1", "DEFAULT '1'"),
    column("default that is no number", "INT DEFAULT 0", "INT DEFAULT 'false'"),
    column("default lost", "TEXT DEFAULT 'x'", "TEXT"),
    column(
        "default expression", "TEXT DEFAULT CURRENT_TIMESTAMP", "TEXT DEFAULT 'CURRENT_TIMESTAMP'"
    ),
    column("collation", "TEXT COLLATE NOCASE", "TEXT"),
    column("generated", "INT AS (id * 2)", "INT AS (id * 3)"),
    column("stored", "INT AS (id * 2) STORED", "INT AS (id * 2) VIRTUAL"),
    column("no longer generated", "INT AS (id * 2)", "INT"),
    column("not null conflict", "INT NOT NULL ON CONFLICT REPLACE", "INT NOT NULL"),
    table(
        "order of columns",
        "table t",
        "CREATE TABLE t (a INT, b INT)",
        "CREATE TABLE t (b INT, a INT)",
        notice=True,
    ),
    table(
        "primary key lost",
        "primary key t.PRIMARY",
        "CREATE TABLE t (a INT PRIMARY KEY)",
        "CREATE TABLE t (a INT)",
    ),
    table(
        "autoincrement",
        "primary key t.PRIMARY",
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT)",
        "CREATE TABLE t (a INTEGER PRIMARY KEY)",
    ),
    constraint(
        "primary key columns", "primary key t.PRIMARY", "PRIMARY KEY (a, b)", "PRIMARY KEY (b, a)"
    ),
    constraint(
        "primary key conflict",
        "primary key t.PRIMARY",
        "PRIMARY KEY (a) ON CONFLICT REPLACE",
        "PRIMARY KEY (a)",
    ),
    constraint(
        "unique lost",
        "unique constraint t.uq",
        "CONSTRAINT uq UNIQUE (a), UNIQUE (b)",
        "UNIQUE (b)",
    ),
    constraint(
        "unique columns",
        "unique constraint t.uq",
        "CONSTRAINT uq UNIQUE (a)",
        "CONSTRAINT uq UNIQUE (a, b)",
    ),
    constraint(
        "unique without a name", "unique constraint t.(a)", "UNIQUE (a), CHECK (b)", "CHECK (b)"
    ),
    constraint(
        "unique conflict",
        "unique constraint t.uq",
        "CONSTRAINT uq UNIQUE (a) ON CONFLICT IGNORE",
        "CONSTRAINT uq UNIQUE (a)",
    ),
    constraint(
        "unique name lost", "unique constraint t.uq", "CONSTRAINT uq UNIQUE (a)", "UNIQUE (a)"
    ),
    constraint(
        "foreign key taken", "foreign key t.fk", f"{_FK} REFERENCES parents, CHECK (b)", "CHECK (b)"
    ),
    constraint(
        "foreign key without a name",
        "foreign key t.(a)",
        "FOREIGN KEY (a) REFERENCES parents, CHECK (b)",
        "CHECK (b)",
    ),
    *(
        constraint(f"foreign key {about}", "foreign key t.fk", f"{_FK} {right}", f"{_FK} {wrong}")
        for about, right, wrong in (
            ("on delete", "REFERENCES parents ON DELETE CASCADE", "REFERENCES parents"),
            ("on update", "REFERENCES parents ON UPDATE SET NULL", "REFERENCES parents"),
            ("parent", "REFERENCES parents (id)", "REFERENCES users (id)"),
            ("parent column", "REFERENCES parents (id)", "REFERENCES parents (x)"),
            (
                "deferrable",
                "REFERENCES parents DEFERRABLE INITIALLY DEFERRED",
                "REFERENCES parents",
            ),
        )
    ),
    constraint(
        "check taken",
        "check constraint t.ck",
        "CONSTRAINT ck CHECK (a > 0), UNIQUE (b)",
        "UNIQUE (b)",
    ),
    constraint(
        "check changed",
        "check constraint t.ck",
        "CONSTRAINT ck CHECK (a > 0)",
        "CONSTRAINT ck CHECK (a > 1)",
    ),
    constraint(
        "check without a name",
        "check constraint t.(a > 0)",
        "CHECK (a > 0), UNIQUE (b)",
        "UNIQUE (b)",
    ),
    table(
        "check at a column",
        "check constraint t.(a IN (0, 1))",
        "CREATE TABLE t (a BOOLEAN CHECK (a IN (0, 1)))",
        "CREATE TABLE t (a BOOLEAN)",
    ),
    Defect(about="index left", object="index users.ix", up="CREATE INDEX ix ON users (name)"),
    Defect(about="index taken", object="index users.ix_age", down="DROP INDEX ix_age"),
    index("index columns", "CREATE INDEX ix ON t (a)", "CREATE INDEX ix ON t (b)"),
    index("order in index", "CREATE INDEX ix ON t (a, b)", "CREATE INDEX ix ON t (b, a)"),
    index("unique", "CREATE UNIQUE INDEX ix ON t (a)", "CREATE INDEX ix ON t (a)"),
    index("descending", "CREATE INDEX ix ON t (a DESC)", "CREATE INDEX ix ON t (a)"),
    index("index collation", "CREATE INDEX ix ON t (a COLLATE NOCASE)", "CREATE INDEX ix ON t (a)"),
    index("partial", "CREATE INDEX ix ON t (a) WHERE b > 1", "CREATE INDEX ix ON t (a)"),
    index(
        "partial predicate",
        "CREATE INDEX ix ON t (a) WHERE b > 1",
        "CREATE INDEX ix ON t (a) WHERE b > 2",
    ),
    index("expression", "CREATE INDEX ix ON t (lower(a))", "CREATE INDEX ix ON t (upper(a))"),
    Defect(about="view left", object="view v", up="CREATE VIEW v AS SELECT 1"),
    Defect(about="view taken", object="view adults", down="DROP VIEW adults"),
    Defect(
        about="view definition",
        object="view adults",
        up="DROP VIEW adults",
        down="CREATE VIEW adults AS SELECT id, email FROM users WHERE age > 16",
    ),
    Defect(
        about="view columns",
        object="view adults",
        up="DROP VIEW adults",
        down="CREATE VIEW adults (a, b) AS SELECT id, email FROM users WHERE age > 17",
    ),
    Defect(
        about="trigger left",
        object="trigger users.tr",
        up="CREATE TRIGGER tr AFTER DELETE ON users BEGIN SELECT 1; END",
    ),
    Defect(about="trigger taken", object="trigger users.touch", down="DROP TRIGGER touch"),
    Defect(
        about="trigger body",
        object="trigger users.touch",
        up="DROP TRIGGER touch",
        down="CREATE TRIGGER touch AFTER INSERT ON users BEGIN SELECT 2; END",
    ),
    Defect(
        about="trigger event",
        object="trigger users.touch",
        up="DROP TRIGGER touch",
        down="CREATE TRIGGER touch AFTER UPDATE ON users BEGIN SELECT 1; END",
    ),
    Defect(
        about="trigger condition",
        object="trigger users.touch",
        up="DROP TRIGGER touch",
        down="CREATE TRIGGER touch AFTER INSERT ON users WHEN new.age > 1 BEGIN SELECT 1; END",
    ),
    Defect(
        about="trigger on a view",
        object="trigger adults.tr",
        up="CREATE TRIGGER tr INSTEAD OF INSERT ON adults BEGIN SELECT 1; END",
    ),
    Defect(about="user_version", object="database settings main", up="PRAGMA user_version = 3"),
    Defect(about="application_id", object="database settings main", up="PRAGMA application_id = 3"),
    Defect(
        about="stored text edited by hand",
        object="column users.age",
        down="PRAGMA"
        " writable_schema = 1; UPDATE sqlite_master SET sql = replace(sql, 'age INT', 'age TEXT')"
        " WHERE name = 'users'; PRAGMA writable_schema = 0; PRAGMA schema_version = 999",
    ),
]


@pytest.fixture
def project(sqlite_url: DatabaseURL) -> Iterator[sqlite3.Connection]:
    """The project's own connection to a database with one of everything."""
    path = sqlite_url.database or ""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(SCHEMA)
        yield connection


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.about)
def test_a_faulty_downgrade_is_found_and_named(
    defect: Defect, project: sqlite3.Connection, sqlite_url: DatabaseURL
) -> None:
    with Control.open(sqlite_url, timeout=5) as control:
        tracker = SQLiteTracker(control.query)

        def run(texts: Sequence[str]) -> None:
            project.executescript(";".join(texts))
            tracker.touched(texts)

        objects = proved(defect, tracker, lambda: SQLiteTracker(control.query), run)

    assert defect.object in objects
