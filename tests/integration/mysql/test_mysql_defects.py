"""Every kind of object and attribute, left wrong by a downgrade, on MariaDB or MySQL."""

from collections.abc import Iterator, Sequence

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.urls import DatabaseURL
from planted import Defect, proved, statements
from servers import MYSQL_SERVER

pytestmark = pytest.mark.mysql

SCHEMA = """
CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, email VARCHAR(100) NOT NULL, age INT,
  name VARCHAR(50) DEFAULT 'x', price DECIMAL(10, 2), moment DATETIME, kind ENUM('a', 'b'),
  doubled INT GENERATED ALWAYS AS (age * 2) STORED, KEY ix_age (age), UNIQUE KEY uq_email (email),
  CONSTRAINT ck_age CHECK (age > 0)) COMMENT 'people' ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (id INT PRIMARY KEY, user_id INT, other_id INT, note VARCHAR(200),
  KEY ix_user (user_id), CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE spans (y INT NOT NULL, z INT) PARTITION BY RANGE (y)
  (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20));
CREATE VIEW adults AS SELECT id, email FROM users WHERE age > 17;
CREATE FUNCTION twice(a INT) RETURNS INT DETERMINISTIC RETURN a * 2;
CREATE PROCEDURE nothing(IN a INT) COMMENT 'c' SELECT a;
CREATE TRIGGER upper_name BEFORE INSERT ON users FOR EACH ROW SET NEW.name = UPPER(NEW.name);
CREATE EVENT daily ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'e' DO SELECT 1;
"""
SEQUENCE = "CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 2 MAXVALUE 1000 CACHE 10"


def column(about: str, definition: str, wrong: str, name: str = "c", server: str = "") -> Defect:
    """Alter a column and bring it back wrong."""
    return Defect(
        about=about,
        object=f"column gadgets.{name}",
        setup=f"CREATE TABLE gadgets (id INT PRIMARY KEY, {name} {definition})",
        up=f"ALTER TABLE gadgets DROP COLUMN {name}",
        down=f"ALTER TABLE gadgets ADD COLUMN {name} {wrong}",
        server=server,
    )


def index(about: str, definition: str, wrong: str, server: str = "") -> Defect:
    """Drop an index and make another of the same name."""
    return Defect(
        about=about,
        object="index gadgets.ix",
        setup=f"CREATE TABLE gadgets (a VARCHAR(50), b VARCHAR(50), {definition})",
        up="DROP INDEX ix ON gadgets",
        down=f"ALTER TABLE gadgets ADD {wrong}",
        server=server,
    )


def again(about: str, name: str, drop: str, create: str, server: str = "") -> Defect:
    """Drop an object and make another of the same name."""
    setup = SEQUENCE if name.startswith("sequence") else ""
    return Defect(about=about, object=name, setup=setup, up=drop, down=create, server=server)


TABLES = [
    Defect(about="table left", object="table t", up="CREATE TABLE t (id INT)"),
    Defect(about="table taken", object="table orders", down="DROP TABLE orders"),
    Defect(
        about="engine",
        object="table spans",
        up="ALTER TABLE spans REMOVE PARTITIONING",
        down="ALTER TABLE spans ENGINE=MyISAM",
    ),
    Defect(
        about="table collation", object="table users", up="ALTER TABLE users COLLATE utf8mb4_bin"
    ),
    Defect(
        about="table charset", object="table users", up="ALTER TABLE users DEFAULT CHARSET ascii"
    ),
    Defect(about="table comment", object="table users", up="ALTER TABLE users COMMENT ''"),
    Defect(about="row format", object="table users", up="ALTER TABLE users ROW_FORMAT=COMPACT"),
    Defect(
        about="system versioning",
        object="table users",
        server="mariadb",
        up="ALTER TABLE users ADD SYSTEM VERSIONING",
    ),
    Defect(
        about="partition left",
        object="partition spans.p2",
        up="ALTER TABLE spans ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
    ),
    Defect(
        about="partition taken",
        object="partition spans.p1",
        down="ALTER TABLE spans DROP PARTITION p1",
    ),
    Defect(
        about="partition bound",
        object="partition spans.p1",
        up="ALTER TABLE spans DROP PARTITION p1",
        down="ALTER TABLE spans ADD PARTITION (PARTITION p1 VALUES LESS THAN (25))",
    ),
    Defect(
        about="partition comment",
        object="partition spans.p1",
        up="ALTER TABLE spans DROP PARTITION p1",
        down="ALTER TABLE spans ADD PARTITION (PARTITION p1 VALUES LESS THAN (20) COMMENT 'x')",
    ),
    Defect(
        about="partition method",
        object="partition spans.p0",
        up="ALTER TABLE spans REMOVE PARTITIONING",
        down="ALTER TABLE spans PARTITION BY HASH (y) PARTITIONS 2",
    ),
    Defect(about="renamed away", object="table people", down="RENAME TABLE users TO people"),
]
COLUMNS = [
    Defect(about="column left", object="column users.x", up="ALTER TABLE users ADD x INT"),
    Defect(about="column taken", object="column users.price", down="ALTER TABLE users DROP price"),
    column("type", "INT", "BIGINT"),
    column("length", "VARCHAR(100)", "VARCHAR(255)"),
    column("precision", "DECIMAL(10, 2)", "DECIMAL(10, 3)"),
    column("fraction of seconds", "DATETIME(3)", "DATETIME"),
    column("unsigned", "INT UNSIGNED", "INT"),
    column("boolean", "TINYINT(1)", "TINYINT(4)"),
    column("labels", "ENUM('a', 'b')", "ENUM('a', 'b', 'c')"),
    column("order of labels", "ENUM('a', 'b')", "ENUM('b', 'a')"),
    column("null", "INT NOT NULL", "INT"),
    column("not null", "INT", "INT NOT NULL"),
    column("default", "INT DEFAULT 1", "INT DEFAULT 2"),
    column("default lost", "INT DEFAULT 1", "INT"),
    column("empty default", "VARCHAR(9) DEFAULT ''", "VARCHAR(9)"),
    column("default NULL as text", "VARCHAR(9) DEFAULT 'NULL'", "VARCHAR(9)"),
    column("default expression", "DATETIME DEFAULT CURRENT_TIMESTAMP", "DATETIME"),
    column(
        "default text or expression", "VARCHAR(99) DEFAULT (UUID())", "VARCHAR(99) DEFAULT 'uuid()'"
    ),
    column("on update", "DATETIME DEFAULT NOW() ON UPDATE NOW()", "DATETIME DEFAULT NOW()"),
    column("column comment", "INT COMMENT 'years'", "INT"),
    column("column charset", "VARCHAR(9) CHARACTER SET latin1", "VARCHAR(9) CHARACTER SET ascii"),
    column("column collation", "VARCHAR(9) COLLATE utf8mb4_bin", "VARCHAR(9)"),
    column("generated expression", "INT AS (id * 2) STORED", "INT AS (id * 3) STORED"),
    column("stored", "INT AS (id * 2) STORED", "INT AS (id * 2) VIRTUAL"),
    column("no longer generated", "INT AS (id * 2) STORED", "INT"),
    column("invisible", "INT INVISIBLE", "INT"),
    column("srid", "POINT NOT NULL SRID 4326", "POINT NOT NULL", server="mysql"),
    Defect(
        about="auto_increment",
        object="column users.id",
        up="ALTER TABLE orders DROP FOREIGN KEY fk_user; ALTER TABLE users MODIFY id INT NOT NULL",
        down="ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id)"
        " REFERENCES users (id)",
    ),
    Defect(
        about="order of columns",
        object="table users",
        notice=True,
        up="ALTER TABLE users DROP price",
        down="ALTER TABLE users ADD price DECIMAL(10, 2)",
    ),
]
KEYS = [
    Defect(
        about="index left", object="index users.ix_name", up="CREATE INDEX ix_name ON users (name)"
    ),
    Defect(about="index taken", object="index users.ix_age", down="DROP INDEX ix_age ON users"),
    index("index columns", "KEY ix (a)", "KEY ix (b)"),
    index("order in index", "KEY ix (a, b)", "KEY ix (b, a)"),
    index("prefix", "KEY ix (a(10))", "KEY ix (a)"),
    index("unique", "UNIQUE KEY ix (a)", "KEY ix (a)"),
    index("index comment", "KEY ix (a) COMMENT 'x'", "KEY ix (a)"),
    index("fulltext", "FULLTEXT KEY ix (a)", "KEY ix (a)"),
    index("parser", "FULLTEXT KEY ix (a) WITH PARSER ngram", "FULLTEXT KEY ix (a)", server="mysql"),
    index("descending", "KEY ix (a DESC)", "KEY ix (a)"),
    index("ignored", "KEY ix (a) IGNORED", "KEY ix (a)", server="mariadb"),
    index("invisible index", "KEY ix (a) INVISIBLE", "KEY ix (a)", server="mysql"),
    index("functional", "KEY ix ((LOWER(a)))", "KEY ix ((UPPER(a)))", server="mysql"),
    Defect(
        about="primary key taken",
        object="primary key orders.PRIMARY",
        up="ALTER TABLE orders DROP PRIMARY KEY",
    ),
    Defect(
        about="primary key columns",
        object="primary key orders.PRIMARY",
        up="ALTER TABLE orders DROP PRIMARY KEY",
        down="ALTER TABLE orders ADD PRIMARY KEY (id, note)",
    ),
    Defect(
        about="unique taken",
        object="index users.uq_email",
        up="ALTER TABLE users DROP INDEX uq_email",
    ),
    Defect(
        about="foreign key left",
        object="foreign key orders.fk_other",
        up="ALTER TABLE orders ADD CONSTRAINT fk_other FOREIGN KEY (other_id)"
        " REFERENCES users (id)",
    ),
    Defect(
        about="foreign key without a name left",
        object="foreign key orders.(other_id)",
        up="ALTER TABLE orders ADD FOREIGN KEY (other_id) REFERENCES users (id)",
    ),
    Defect(
        about="the foreign key's own index left",
        object="index orders.fk_other",
        up="ALTER TABLE orders ADD CONSTRAINT fk_other FOREIGN KEY (other_id)"
        " REFERENCES users (id)",
        down="ALTER TABLE orders DROP FOREIGN KEY fk_other",
    ),
    Defect(
        about="foreign key taken",
        object="foreign key orders.fk_user",
        down="ALTER TABLE orders DROP FOREIGN KEY fk_user",
    ),
    *(
        Defect(
            about=f"foreign key {about}",
            object="foreign key orders.fk_user",
            up="ALTER TABLE orders DROP FOREIGN KEY fk_user",
            down=f"ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY {rest}",
        )
        for about, rest in {
            "on delete": "(user_id) REFERENCES users (id) ON DELETE CASCADE",
            "on update": "(user_id) REFERENCES users (id) ON UPDATE SET NULL",
            "parent": "(user_id) REFERENCES orders (id)",
            "columns": "(other_id) REFERENCES users (id)",
        }.items()
    ),
    Defect(
        about="foreign key under another name",
        object="foreign key orders.fk_user",
        up="ALTER TABLE orders DROP FOREIGN KEY fk_user",
        down="ALTER TABLE orders ADD CONSTRAINT fk_z FOREIGN KEY (user_id) REFERENCES users (id)",
    ),
    Defect(
        about="parent renamed",
        object="foreign key orders.fk_user",
        down="RENAME TABLE users TO people",
    ),
    Defect(
        about="parent column renamed",
        object="foreign key orders.fk_user",
        down="ALTER TABLE users CHANGE id number INT AUTO_INCREMENT",
    ),
    Defect(
        about="check left",
        object="check constraint users.ck_new",
        up="ALTER TABLE users ADD CONSTRAINT ck_new CHECK (price > 0)",
    ),
    Defect(
        about="check taken",
        object="check constraint users.ck_age",
        down="ALTER TABLE users DROP CONSTRAINT ck_age",
    ),
    Defect(
        about="check changed",
        object="check constraint users.ck_age",
        up="ALTER TABLE users DROP CONSTRAINT ck_age",
        down="ALTER TABLE users ADD CONSTRAINT ck_age CHECK (age > 1)",
    ),
    Defect(
        about="check not enforced",
        object="check constraint users.ck_age",
        server="mysql",
        up="ALTER TABLE users ALTER CHECK ck_age NOT ENFORCED",
    ),
]
_VIEW, _BODY = "VIEW adults AS SELECT id, email FROM users", "WHERE age > 17"
PROGRAMS = [
    Defect(about="view left", object="view v", up="CREATE VIEW v AS SELECT 1 AS one"),
    Defect(about="view taken", object="view adults", down="DROP VIEW adults"),
    again("view definition", "view adults", "DROP VIEW adults", f"CREATE {_VIEW} WHERE age > 16"),
    again(
        "check option",
        "view adults",
        "DROP VIEW adults",
        f"CREATE {_VIEW} {_BODY} WITH CHECK OPTION",
    ),
    again(
        "view security",
        "view adults",
        "DROP VIEW adults",
        f"CREATE SQL SECURITY INVOKER {_VIEW} {_BODY}",
    ),
    again(
        "view algorithm",
        "view adults",
        "DROP VIEW adults",
        f"CREATE ALGORITHM=TEMPTABLE {_VIEW} {_BODY}",
        server="mariadb",
    ),
    again(
        "view definer",
        "view adults",
        "DROP VIEW adults",
        f"CREATE DEFINER=`other`@`localhost` {_VIEW} {_BODY}",
    ),
    Defect(
        about="function left",
        object="function f",
        up="CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a",
    ),
    Defect(about="function taken", object="function twice", down="DROP FUNCTION twice"),
    *(
        again(
            f"function {about}",
            "function twice",
            "DROP FUNCTION twice",
            f"CREATE FUNCTION twice{rest}",
        )
        for about, rest in {
            "body": "(a INT) RETURNS INT DETERMINISTIC RETURN a + a",
            "parameters": "(a BIGINT) RETURNS INT DETERMINISTIC RETURN a * 2",
            "returns": "(a INT) RETURNS BIGINT DETERMINISTIC RETURN a * 2",
            "deterministic": "(a INT) RETURNS INT NO SQL RETURN a * 2",
            "data access": "(a INT) RETURNS INT DETERMINISTIC NO SQL RETURN a * 2",
            "security": "(a INT) RETURNS INT DETERMINISTIC SQL SECURITY INVOKER RETURN a * 2",
        }.items()
    ),
    Defect(about="procedure left", object="procedure p", up="CREATE PROCEDURE p() SELECT 1"),
    Defect(about="procedure taken", object="procedure nothing", down="DROP PROCEDURE nothing"),
    again(
        "procedure comment",
        "procedure nothing",
        "DROP PROCEDURE nothing",
        "CREATE PROCEDURE nothing(IN a INT) SELECT a",
    ),
    again(
        "procedure mode",
        "procedure nothing",
        "DROP PROCEDURE nothing",
        "CREATE PROCEDURE nothing(INOUT a INT) COMMENT 'c' SELECT a",
    ),
    Defect(
        about="trigger left",
        object="trigger users.t",
        up="CREATE TRIGGER t AFTER DELETE ON users FOR EACH ROW SET @a = 1",
    ),
    Defect(
        about="trigger taken", object="trigger users.upper_name", down="DROP TRIGGER upper_name"
    ),
    again(
        "trigger body",
        "trigger users.upper_name",
        "DROP TRIGGER upper_name",
        "CREATE TRIGGER upper_name BEFORE INSERT ON users FOR EACH ROW SET NEW.name = 'y'",
    ),
    again(
        "trigger event",
        "trigger users.upper_name",
        "DROP TRIGGER upper_name",
        "CREATE TRIGGER upper_name BEFORE UPDATE ON users FOR EACH ROW"
        " SET NEW.name = UPPER(NEW.name)",
    ),
    Defect(
        about="event left",
        object="event e",
        up="CREATE EVENT e ON SCHEDULE EVERY 1 HOUR DISABLE DO SELECT 1",
    ),
    Defect(about="event taken", object="event daily", down="DROP EVENT daily"),
    *(
        again(f"event {about}", "event daily", "DROP EVENT daily", f"CREATE EVENT daily {rest}")
        for about, rest in {
            "schedule": "ON SCHEDULE EVERY 2 DAY DISABLE COMMENT 'e' DO SELECT 1",
            "status": "ON SCHEDULE EVERY 1 DAY COMMENT 'e' DO SELECT 1",
            "body": "ON SCHEDULE EVERY 1 DAY DISABLE COMMENT 'e' DO SELECT 2",
            "comment": "ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1",
            "completion": "ON SCHEDULE EVERY 1 DAY ON COMPLETION PRESERVE DISABLE COMMENT 'e'"
            " DO SELECT 1",
            "start": "ON SCHEDULE EVERY 1 DAY STARTS '2038-01-01' DISABLE COMMENT 'e' DO SELECT 1",
        }.items()
    ),
    Defect(about="sequence left", object="sequence numbers", server="mariadb", up=SEQUENCE),
    *(
        again(
            f"sequence {about}",
            "sequence numbers",
            "DROP SEQUENCE numbers",
            f"CREATE SEQUENCE numbers {rest}",
            server="mariadb",
        )
        for about, rest in {
            "start": "START WITH 6 INCREMENT BY 2 MAXVALUE 1000 CACHE 10",
            "increment": "START WITH 5 INCREMENT BY 1 MAXVALUE 1000 CACHE 10",
            "maximum": "START WITH 5 INCREMENT BY 2 CACHE 10",
            "cycle": "START WITH 5 INCREMENT BY 2 MAXVALUE 1000 CACHE 10 CYCLE",
            "cache": "START WITH 5 INCREMENT BY 2 MAXVALUE 1000 NOCACHE",
        }.items()
    ),
    Defect(
        about="database default",
        object="database defaults character set",
        up="ALTER DATABASE DEFAULT CHARACTER SET ascii",
    ),
]
DEFECTS = [
    defect
    for defect in (*TABLES, *COLUMNS, *KEYS, *PROGRAMS)
    if defect.server in {"", MYSQL_SERVER}
]


@pytest.fixture
def control(mysql_url: DatabaseURL) -> Iterator[Control]:
    """A database with one of everything."""
    with Control.open(mysql_url, timeout=30) as control:
        assert MYSQL_SERVER in control.server.lower(), "set TEST_MYSQL_SERVER to the kind of server"
        for statement in statements(SCHEMA):
            control.execute(statement)
        yield control


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.about)
def test_a_faulty_downgrade_is_found_and_named(defect: Defect, control: Control) -> None:
    tracker = MySQLTracker(control.query)

    def run(texts: Sequence[str]) -> None:
        for text in texts:
            control.execute(text)
        tracker.touched(texts)

    objects = proved(defect, tracker, lambda: MySQLTracker(control.query), run)

    assert defect.object in objects
