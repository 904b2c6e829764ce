"""A copy of a database holds all that the database holds, or is none."""

import time
from collections.abc import Iterator, Sequence

import pytest

from alembic_ci.database.control import Control, Row
from alembic_ci.database.copying import copied, renewed
from alembic_ci.database.leftovers import scratch_name
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.mysql.renewing import Tables
from alembic_ci.database.mysql.table_text import essence
from alembic_ci.database.quoting import quote
from alembic_ci.database.server_databases import drop_database
from alembic_ci.delta import Snapshot
from alembic_ci.urls import DatabaseURL
from servers import only_mariadb

pytestmark = pytest.mark.mysql

PLAIN = [
    "CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(9), n INT)",
    "ALTER TABLE users ADD two INT AS (n + n)",
    "INSERT INTO users (name, n) VALUES ('a', 1), ('b', 2)",
]
PROGRAMS = [
    "CREATE FUNCTION b_twice(a INT) RETURNS INT DETERMINISTIC COMMENT 'c' RETURN a * 2",
    "CREATE PROCEDURE a_all() SQL SECURITY INVOKER BEGIN SELECT id FROM users; END",
    "CREATE VIEW z_first AS SELECT id, b_twice(id) AS twice FROM users",
    "CREATE ALGORITHM = MERGE VIEW a_second AS SELECT id FROM z_first WHERE id WITH CHECK OPTION",
    "CREATE VIEW b_third AS SELECT a.id, 'é' AS word FROM a_second a JOIN z_first z USING (id)",
    "SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT'",
    """CREATE TRIGGER z BEFORE INSERT ON users FOR EACH ROW SET NEW.name = NEW."name" || '!'""",
    """CREATE TRIGGER a BEFORE INSERT ON users FOR EACH ROW BEGIN SET NEW.name = '?'; END""",
    "CREATE EVENT daily ON SCHEDULE EVERY 1 DAY COMMENT 'e' DO DELETE FROM users",
    "CREATE EVENT later ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00' DO SELECT 1",
    "CREATE EVENT once ON SCHEDULE AT '2037-01-01 00:00:00' DISABLE DO SELECT 1",
    "CREATE TABLE seen (id INT)",
    "CREATE TRIGGER quiet BEFORE INSERT ON seen FOR EACH ROW SET NEW.id = 1",
]
SEQUENCE = [
    "CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 2 CACHE 10",
    "CREATE TABLE counted (id INT PRIMARY KEY DEFAULT (nextval(numbers)), note INT)",
    "INSERT INTO counted (note) VALUES (1), (2)",
]


REFERRING = [
    "CREATE TABLE p (id INT PRIMARY KEY, `a``b` INT, UNIQUE (`a``b`))",
    """CREATE TABLE c (id INT AUTO_INCREMENT PRIMARY KEY COMMENT ' KEY `x` (`n`),', n INT, o INT,
 asked INT, two INT, CONSTRAINT named FOREIGN KEY (n) REFERENCES p (id) ON DELETE CASCADE,
 FOREIGN KEY (o) REFERENCES p (id), FOREIGN KEY (two) REFERENCES p (`a``b`), INDEX mine (asked),
 CONSTRAINT served FOREIGN KEY (asked) REFERENCES p (id) ON UPDATE SET NULL)""",
    "CREATE TABLE alone (p_id INT, FOREIGN KEY (p_id) REFERENCES p (id))",
    "ALTER TABLE p ADD UNIQUE (id, `a``b`)",
    "CREATE TABLE pair (x INT, y INT, CONSTRAINT xy FOREIGN KEY (x, y) REFERENCES p (id, `a``b`))",
    "INSERT INTO p VALUES (1, 1), (2, 2)",
    "INSERT INTO c VALUES (7, 1, 2, 1, 2)",
]


@pytest.fixture
def copy(mysql_url: DatabaseURL) -> Iterator[str]:
    """The name of a database that does not exist yet."""
    name = scratch_name(time.time())
    yield name
    with Control.open(mysql_url, timeout=30.0) as control:
        drop_database(control, name)


@pytest.fixture(autouse=True)
def _nobody_runs_events(mysql_admin: DatabaseURL) -> Iterator[None]:
    """MySQL runs them unless it is told not to."""
    with Control.open(mysql_admin, timeout=30.0) as control:
        ((before,),) = control.query("SELECT @@event_scheduler")
        control.execute("SET GLOBAL event_scheduler = OFF")
        yield
        control.execute(f"SET GLOBAL event_scheduler = {before}")


def _made(url: DatabaseURL, *statements: str) -> Snapshot:
    with Control.open(url, timeout=30.0) as control:
        control.execute("ALTER DATABASE CHARACTER SET utf8mb4")
        for statement in statements:
            control.execute(statement)
    with Control.open(url, timeout=30.0) as control:
        return _snapshot(control, url.database or "")


def _snapshot(control: Control, database: str) -> Snapshot:
    control.execute(f"USE {quote(control.dialect, database)}")
    tracker = MySQLTracker(control.query)
    tracker.start()
    return dict(tracker.state)


def _copied(control: Control, url: DatabaseURL, target: str) -> bool:
    create = f"CREATE DATABASE {quote(control.dialect, target)} CHARACTER SET utf8mb4"
    return copied(control, url.database or "", target, create)


def test_views_routines_triggers_and_events_are_copied_with_the_rows(
    mysql_url: DatabaseURL, copy: str
) -> None:
    before = _made(mysql_url, *PLAIN, *PROGRAMS)

    with Control.open(mysql_url, timeout=30.0) as control:
        whole = _copied(control, mysql_url, copy)

        assert whole
        assert _snapshot(control, copy) == before
        control.execute("SET sql_mode = ''")
        control.execute("INSERT INTO users (name) VALUES ('c')")
        rows = control.query("SELECT id, name, b_twice(id) FROM users ORDER BY id")
        assert rows == [(1, "a", 2), (2, "b", 4), (3, "?", 6)]
        assert control.query("SELECT word FROM b_third LIMIT 1") == [("é",)]


def test_indexes_that_the_server_made_for_foreign_keys_give_way_in_the_copy_too(
    mysql_url: DatabaseURL, copy: str
) -> None:
    before = _made(mysql_url, *REFERRING)

    with Control.open(mysql_url, timeout=30.0) as control:
        whole = _copied(control, mysql_url, copy)

        assert whole
        assert _snapshot(control, copy) == before
        assert control.query("SELECT * FROM c") == [(7, 1, 2, 1, 2)]
        after = []
        for database in (mysql_url.database or "", copy):
            control.execute(f"USE {quote(control.dialect, database)}")
            control.execute("CREATE INDEX longer_n ON c (n, id)")
            control.execute("CREATE INDEX longer_asked ON c (asked, id)")
            control.execute("ALTER TABLE c ADD INDEX (o, id), ADD INDEX (two, n)")
            control.execute("CREATE UNIQUE INDEX whole ON alone (p_id)")
            control.execute("CREATE INDEX for_xy ON pair (x, y)")
            after.append(_snapshot(control, database))
        assert after[0] == after[1]
        found = control.query(
            "SELECT DISTINCT INDEX_NAME FROM information_schema.STATISTICS"
            " WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'c'"
        )
        assert {str(name) for (name,) in found} == {
            "PRIMARY",
            "mine",
            "longer_n",
            "longer_asked",
            "o",
            "two",
        }


_FOUR = """CREATE TABLE c (a INT, b INT, d INT, e INT, INDEX mine (e), FOREIGN KEY (a) REFERENCES p
 (id), FOREIGN KEY (b) REFERENCES p (id), FOREIGN KEY (d) REFERENCES p (id), FOREIGN KEY (e)
 REFERENCES p (id))"""


@pytest.mark.parametrize(
    "statements",
    [
        (),
        ("ALTER TABLE c DROP FOREIGN KEY c_ibfk_1, DROP INDEX a",),
        (
            "ALTER TABLE c DROP FOREIGN KEY c_ibfk_1, DROP INDEX a",
            "ALTER TABLE c DROP FOREIGN KEY c_ibfk_3, DROP INDEX d",
            "ALTER TABLE c ADD CONSTRAINT named FOREIGN KEY (a) REFERENCES p (id)",
            "ALTER TABLE c ADD FOREIGN KEY (d) REFERENCES p (id)",
        ),
    ],
)
def test_the_numbers_of_constraints_are_copied(
    mysql_url: DatabaseURL, copy: str, statements: tuple[str, ...]
) -> None:
    """A downgrade names them, and MySQL numbers those anew that it has made an index for."""
    _made(mysql_url, "CREATE TABLE p (id INT PRIMARY KEY)", _FOUR, *statements)

    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        made = []
        for database in (mysql_url.database or "", copy):
            ((_, sql),) = control.query(f"SHOW CREATE TABLE {quote(control.dialect, database)}.c")
            made.append(sorted(line.rstrip(",") for line in str(sql).split("\n")))
        assert made[0] == made[1]


@only_mariadb
def test_sequences_are_copied_with_the_value_they_have_come_to(
    mysql_url: DatabaseURL, copy: str
) -> None:
    before = _made(mysql_url, *SEQUENCE)

    with Control.open(mysql_url, timeout=30.0) as control:
        ((reached,),) = control.query("SELECT next_not_cached_value FROM numbers")
        whole = _copied(control, mysql_url, copy)

        assert whole
        assert _snapshot(control, copy) == before
        assert control.query("SELECT nextval(numbers)") == [(reached,)]
        assert control.query("SELECT count(*) FROM counted") == [(2,)]


def test_names_that_were_written_in_the_mode_ansi_quotes_are_copied(
    mysql_url: DatabaseURL, copy: str
) -> None:
    """The server keeps the quotes of an expression by which rows go to partitions."""
    _made(
        mysql_url,
        "SET sql_mode = 'ANSI_QUOTES'",
        """CREATE TABLE "spans" ("at" DATE, "n" INT CHECK ("n" > 0), "m" INT AS ("n" + 1))
 PARTITION BY RANGE COLUMNS ("at") (PARTITION "p" VALUES LESS THAN ('2024-01-01'))""",
        """CREATE TABLE "days" ("at" DATE) PARTITION BY RANGE (YEAR("at"))
 SUBPARTITION BY HASH (TO_DAYS("at")) SUBPARTITIONS 2 (PARTITION "p" VALUES LESS THAN (2000))""",
        'CREATE VIEW "numbers" AS SELECT "n" FROM "spans"',
    )

    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)


CHANGES = [
    "ALTER TABLE c DROP FOREIGN KEY named, DROP INDEX named, DROP COLUMN n",
    "DELETE FROM p WHERE id = 2",
    "DROP TABLE alone",
    "CREATE TABLE more (id INT)",
    "INSERT INTO users (name, n) VALUES ('c', 3)",
    "DELETE FROM users WHERE name = '?'",
    "INSERT INTO emptied VALUES (DEFAULT)",
    "DELETE FROM emptied",
]

PLAIN_AGAIN = ["INSERT INTO users (n) VALUES (8)", "CREATE TABLE late (id INT)"]


def test_a_database_is_made_again_what_its_copy_holds(mysql_url: DatabaseURL, copy: str) -> None:
    emptied = "CREATE TABLE emptied (id INT AUTO_INCREMENT PRIMARY KEY)"
    before = _made(mysql_url, *PLAIN, *PROGRAMS, *REFERRING, emptied)
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        for statement in ("SET foreign_key_checks = 0", *CHANGES):
            control.execute(statement)

    with Control.open(mysql_url, timeout=30.0) as control:
        again = renewed(control, copy, mysql_url.database or "", {})

        assert again
        assert _snapshot(control, mysql_url.database or "") == before
        assert control.query("SELECT id, name, n FROM users") == [(1, "a", 1), (2, "b", 2)]
        assert control.query("SELECT id FROM p") == [(1,), (2,)]
        assert control.query("SELECT * FROM c") == [(7, 1, 2, 1, 2)]
        control.execute("SET sql_mode = ''")
        control.execute("INSERT INTO users (n) VALUES (5)")
        control.execute("INSERT INTO emptied VALUES (DEFAULT)")
        assert control.query("SELECT id, name FROM users WHERE n = 5") == [(3, "?")]
        assert control.query("SELECT id FROM emptied") == [(1,)]


VALUES = [
    """CREATE TABLE plain (id INT PRIMARY KEY, word VARCHAR(9), `odd``name` DECIMAL(30, 3),
 raw VARBINARY(9), moment TIMESTAMP(6) NULL, number INT,
 label ENUM('x', ''), labels SET('x', 'y', 'z'))""",
    """INSERT INTO plain VALUES (1, 'a', 1.001, '', '2024-10-27 00:30:00.000001', 5, '', 'x,z'),
 (2, 'b', 12345678901234567890.001, '1', NULL, 6, NULL, ''),
 (3, NULL, 0, '2', NULL, 6, 'x', NULL)""",
]
LEAST = [
    "UPDATE plain SET word = 'A' WHERE id = 1",
    "UPDATE plain SET word = 'á' WHERE id = 1",
    "UPDATE plain SET word = 'a ' WHERE id = 1",
    "UPDATE plain SET word = '' WHERE id = 3",
    "UPDATE plain SET `odd``name` = `odd``name` + 0.001 WHERE id = 2",
    "UPDATE plain SET raw = '\\0' WHERE id = 1",
    "UPDATE plain SET moment = moment + INTERVAL 1 MICROSECOND",
    "UPDATE plain SET number = 11 - number WHERE id < 3",
    "UPDATE plain SET number = IF(id = 3, 5, 6) WHERE id <> 2",
    "UPDATE plain SET id = id + 3",
    "UPDATE plain SET label = 'x' WHERE id = 1",
    "UPDATE plain SET label = '' WHERE id = 2",
    "UPDATE plain SET labels = 'x,y' WHERE id = 1",
    "UPDATE plain SET labels = NULL WHERE id = 2",
]


@pytest.mark.parametrize("statements", LEAST)
def test_rows_that_differ_in_the_least_are_put_back(
    mysql_url: DatabaseURL, copy: str, statements: str
) -> None:
    name = mysql_url.database or ""
    _made(mysql_url, *VALUES)
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        before = _rows(control, name)
        _run(control, name, statements.split("; "))
        assert _rows(control, name) != before

        assert renewed(control, copy, name, {copy: None})

        assert _rows(control, name) == before


def test_a_number_is_put_back_that_the_server_does_not_show_whole(
    mysql_url: DatabaseURL, copy: str
) -> None:
    name = mysql_url.database or ""
    _made(mysql_url, "CREATE TABLE t (a FLOAT)", "INSERT INTO t VALUES (16777216)")
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        _run(control, name, ["UPDATE t SET a = 16777218"])

        assert renewed(control, copy, name, {copy: None})

        place = quote(control.dialect, name)
        assert control.query(f"SELECT a + 0e0 FROM {place}.t") == [(16777216.0,)]


def test_a_table_that_has_the_same_rows_stays_where_it_is(
    mysql_url: DatabaseURL, copy: str
) -> None:
    """The order of rows without a key shows in which they were written."""
    name = mysql_url.database or ""
    _made(
        mysql_url,
        "CREATE TABLE t (a INT, b ENUM('x', 'y'))",
        "INSERT INTO t VALUES (1, 'x'), (2, 'y')",
    )
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        _run(control, name, ["DELETE FROM t WHERE a = 1", "INSERT INTO t VALUES (1, 'x')"])

        assert renewed(control, copy, name, {copy: None})

        place = quote(control.dialect, name)
        assert control.query(f"SELECT a FROM {place}.t") == [(2,), (1,)]


def test_what_is_known_of_a_copy_follows_it(mysql_url: DatabaseURL, copy: str) -> None:
    name = mysql_url.database or ""
    emptied = "CREATE TABLE emptied (id INT AUTO_INCREMENT PRIMARY KEY)"
    _made(mysql_url, *PLAIN, *PROGRAMS, *REFERRING, emptied)
    copies: dict[str, Tables | None] = {copy: None}
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)

        for statements in (CHANGES[:2], CHANGES[2:4], CHANGES[4:]):
            _run(control, name, statements)
            later, rows = _snapshot(control, name), _rows(control, name)
            assert renewed(control, name, copy, copies)
            _run(control, name, [*PLAIN_AGAIN, "INSERT INTO emptied VALUES ()"])
            assert renewed(control, copy, name, copies)

            assert _snapshot(control, copy) == _snapshot(control, name) == later
            assert _rows(control, copy) == _rows(control, name) == rows


def test_nothing_is_known_of_a_copy_that_was_not_made_again(
    mysql_url: DatabaseURL, copy: str
) -> None:
    _made(mysql_url, *PLAIN, *PROGRAMS)
    copies: dict[str, Tables | None] = {copy: None}
    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        assert renewed(control, mysql_url.database or "", copy, copies)
        assert copies[copy]
        _run(control, mysql_url.database or "", ["DROP VIEW b_third"])

        assert not renewed(control, mysql_url.database or "", copy, copies)

        assert copies == {copy: None}


def _run(control: Control, database: str, statements: Sequence[str]) -> None:
    control.execute(f"USE {quote(control.dialect, database)}")
    for statement in ("SET foreign_key_checks = 0, sql_mode = ''", *statements):
        control.execute(statement)


def _rows(control: Control, database: str) -> dict[str, list[Row]]:
    """Return what is in each table, and the words that make it, its next number included."""
    place = quote(control.dialect, database)
    kinds = control.query(f"SHOW FULL TABLES FROM {place}")
    tables = [f"{place}.{name}" for name, kind in kinds if kind == "BASE TABLE"]
    made = {table: control.query(f"SHOW CREATE TABLE {table}") for table in tables}
    return {
        str(sql).partition("(")[0]: [essence(str(sql)), *control.query(f"SELECT * FROM {table}")]
        for table, ((_, sql),) in made.items()
    }


@pytest.mark.parametrize(
    "statement",
    [
        "DROP VIEW b_third",
        "CREATE FUNCTION once_more() RETURNS INT DETERMINISTIC RETURN 1",
        "DROP TRIGGER quiet",
        "DROP EVENT once",
        "ALTER DATABASE CHARACTER SET latin1",
        pytest.param("CREATE SEQUENCE numbers", marks=only_mariadb),
    ],
)
def test_what_is_no_table_is_not_made_again(
    mysql_url: DatabaseURL, copy: str, statement: str
) -> None:
    """Then the whole database is copied, and nobody is told that it is the same."""
    _made(mysql_url, *PLAIN, *PROGRAMS)

    with Control.open(mysql_url, timeout=30.0) as control:
        assert _copied(control, mysql_url, copy)
        control.execute(f"USE {quote(control.dialect, mysql_url.database or '')}")
        control.execute(statement)

        assert not renewed(control, copy, mysql_url.database or "", {})


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("CREATE TABLE versioned (id INT) WITH SYSTEM VERSIONING", marks=only_mariadb),
        "CREATE VIEW broken AS SELECT name FROM users; ALTER TABLE users DROP COLUMN name",
    ],
)
def test_what_cannot_be_made_again_makes_no_copy(
    mysql_url: DatabaseURL, copy: str, statement: str
) -> None:
    _made(mysql_url, *PLAIN, *statement.split("; "))

    with Control.open(mysql_url, timeout=30.0) as control:
        assert not _copied(control, mysql_url, copy)


def test_events_that_somebody_runs_make_no_copy(mysql_url: DatabaseURL, copy: str) -> None:
    """They would change the copy meanwhile."""
    _made(mysql_url, *PLAIN, PROGRAMS[8])

    with Control.open(mysql_url, timeout=30.0) as control:
        control.execute("SET GLOBAL event_scheduler = ON")

        assert not _copied(control, mysql_url, copy)
