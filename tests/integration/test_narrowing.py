"""Columns that get another type: which statements are said to make them narrower, on real servers.

Each pair of types is tried both ways: what narrows is told of the statement that does it, and the
way back, which widens, is not.
"""

from collections.abc import Iterator, Sequence

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.postgresql import PostgreSQLTracker
from alembic_ci.database.sqlite import SQLiteTracker
from alembic_ci.database.tracking import SchemaTracker
from alembic_ci.model import Direction, Risk, Statement
from alembic_ci.statements import Script, Text, listed, narrowed
from alembic_ci.urls import DatabaseURL, Dialect

Pair = tuple[str, str, str, str]

LONGER = "longer values are cut or refused"
RANGE = "values out of its range are cut or refused"
ROUNDED = "digits behind the point are rounded off"
SECONDS = "fractions of a second are rounded off"
TIME = "the time of the day is cut off"
DATE = "the date is cut off"
TEXTS = "values that are none are changed or refused"
LENGTH = "values of another length are refused"
CHECKED = "values that its constraints do not allow are refused"
SEVERAL = "rows with several values are changed or refused"
BYTES = "bytes that are no text are changed or refused"
SIX = "values with more than 6 digits are rounded"
FIFTEEN = "values with more than 15 digits are rounded"

POSTGRESQL: list[Pair] = [
    ("varchar(100)", "varchar(10)", LONGER, ""),
    ("text", "varchar(10)", LONGER, ""),
    ("varchar", "varchar(10)", LONGER, ""),
    ("varchar(10)", "char(5)", LONGER, ""),
    ("varchar(10)[]", "varchar(5)[]", LONGER, ""),
    ("varchar(10)", "varchar(10)", "", ""),
    ("varchar(10)", "text", "", LONGER),
    ("varchar", "text", "", ""),
    ("bigint", "integer", RANGE, ""),
    ("integer", "smallint", RANGE, ""),
    ("numeric(10, 4)", "numeric(10, 2)", ROUNDED, RANGE),
    ("numeric(12, 2)", "numeric(10, 2)", RANGE, ""),
    ("numeric", "numeric(10, 2)", ROUNDED, ""),
    ("numeric(9, 2)", "integer", ROUNDED, RANGE),
    ("numeric(10, 0)", "integer", RANGE, ""),
    ("integer", "numeric(9, 0)", RANGE, ""),
    ("double precision", "real", SIX, ""),
    ("double precision", "numeric(10, 2)", ROUNDED, ""),
    ("double precision", "bigint", ROUNDED, FIFTEEN),
    ("bigint", "double precision", FIFTEEN, ROUNDED),
    ("numeric(20, 5)", "double precision", FIFTEEN, ROUNDED),
    ("integer", "real", SIX, ROUNDED),
    ("timestamptz", "date", TIME, ""),
    ("timestamp", "date", TIME, ""),
    ("timestamp", "time", DATE, ""),
    ("timestamp", "timestamp(0)", SECONDS, ""),
    ("timestamptz(3)", "timestamptz(0)", SECONDS, ""),
    ("timestamp", "timestamptz", "", ""),
    ("integer", "boolean", "numbers other than 0 and 1 are changed or refused", ""),
    ("text", "integer", TEXTS, ""),
    ("varchar(30)", "date", TEXTS, ""),
    ("integer", "varchar(5)", LONGER, TEXTS),
    ("bit varying(8)", "bit varying(4)", LONGER, ""),
    ("bit varying(8)", "bit(8)", LENGTH, ""),
    ("bit(8)", "bit(4)", LONGER, LENGTH),
    ("bit(40)", "integer", RANGE, ""),
    ("bigint", "bit(8)", RANGE, ""),
    ("text", "bit(8)", TEXTS, ""),
    ("text", "uuid", TEXTS, ""),
    ("uuid", "varchar(20)", LONGER, TEXTS),
    ("uuid[]", "text[]", "", TEXTS),
    ("text", "json", TEXTS, ""),
    ("text", "xml", TEXTS, ""),
    ("json", "jsonb", "", ""),
    ("jsonb", "varchar(100)", LONGER, TEXTS),
    ("jsonb", "integer", TEXTS, ""),
    ("integer[]", "jsonb", "", ""),
    ("integer[]", "integer", TEXTS, ""),
    ("text[]", "varchar(10)", LONGER, ""),
    ("text", "text[]", "", ""),
    ("text", "inet", TEXTS, ""),
    ("inet", "cidr", "the bits that name a host are set to 0", ""),
    ("macaddr8", "macaddr", TEXTS, ""),
    ("text", "int4range", TEXTS, ""),
    ("interval", "interval(0)", SECONDS, ""),
    ("interval", "time", "whole days are cut off", ""),
    ("text", "interval", TEXTS, ""),
    ("numeric(10, 4)", "money", ROUNDED, RANGE),
    ("bigint", "money", RANGE, ROUNDED),
    ("double precision", "varchar(20)", LONGER, TEXTS),
    ("timestamp", "varchar(10)", LONGER, TEXTS),
    ("date", "varchar(10)", "", TEXTS),
    ("integer", "positive", CHECKED, ""),
    ("bigint", "positive", RANGE, ""),
    ("positive", "percentage", CHECKED, ""),
    ("integer[]", "positive[]", CHECKED, ""),
    ("text", "short", LONGER, ""),
    ("varchar(5)", "short", "", ""),
    ("text", "there", CHECKED, ""),
    ("text", "many", TEXTS, ""),
    ("many", "few", "rows with 'it's gone' are changed or refused", ""),
    ("many", "varchar(3)", LONGER, TEXTS),
]
MARIADB: list[Pair] = [
    ("varchar(100)", "varchar(10)", LONGER, ""),
    ("text", "varchar(10)", LONGER, ""),
    ("varchar(100)", "tinytext", LONGER, LONGER),
    ("mediumtext", "text", LONGER, ""),
    ("varchar(50)", "tinytext", "", LONGER),
    ("varchar(255)", "text", "", LONGER),
    ("bigint", "int", RANGE, ""),
    ("int", "mediumint", RANGE, ""),
    ("int", "int unsigned", RANGE, RANGE),
    ("int unsigned", "int", RANGE, RANGE),
    ("int unsigned", "bigint", "", RANGE),
    ("int(11)", "int(5)", "", ""),
    ("int", "tinyint(1)", RANGE, ""),
    ("decimal(10, 4)", "decimal(10, 2)", ROUNDED, RANGE),
    ("decimal(12, 2)", "decimal(10, 2)", RANGE, ""),
    ("decimal(10, 2)", "decimal(10, 2) unsigned", RANGE, ""),
    ("decimal(10, 2)", "int", ROUNDED, RANGE),
    ("double", "float", SIX, ""),
    ("datetime", "date", TIME, ""),
    ("datetime", "time", DATE, ""),
    ("datetime(6)", "datetime", SECONDS, ""),
    ("datetime", "timestamp null", "dates before 1970 and after 2038 are changed or refused", ""),
    ("varbinary(20)", "varbinary(10)", LONGER, ""),
    ("longblob", "blob", LONGER, ""),
    ("enum('a','b,c')", "enum('a')", "rows with 'b,c' are changed or refused", ""),
    ("set('a','b')", "set('b')", "rows with 'a' are changed or refused", ""),
    ("set('a','b')", "enum('a','b')", SEVERAL, ""),
    ("set('ab','c')", "varchar(3)", LONGER, TEXTS),
    ("set('ab','c')", "varchar(4)", "", TEXTS),
    ("bit(8)", "bit(4)", RANGE, ""),
    ("bit(8)", "tinyint", RANGE, RANGE),
    ("bit(8)", "tinyint unsigned", "", ""),
    ("bit(8)", "varbinary(1)", "", TEXTS),
    ("int", "year", RANGE, ""),
    ("year", "tinyint", RANGE, RANGE),
    ("datetime", "varchar(10)", LONGER, TEXTS),
    ("blob", "text", BYTES, ""),
    ("varbinary(20)", "varchar(10)", LONGER, LONGER),
    ("varbinary(10)", "varchar(10)", BYTES, LONGER),
    ("varbinary(10)", "int", TEXTS, ""),
    (
        "varchar(9)",
        "varchar(9) character set latin1",
        "characters that latin1 does not have are changed or refused",
        "",
    ),
    (
        "varchar(9) character set utf8mb3",
        "varchar(9) character set ascii",
        "characters that ascii does not have are changed or refused",
        "",
    ),
    (
        "varchar(9) character set utf8mb4",
        "varchar(9) character set utf8mb3",
        "characters that utf8mb3 does not have are changed or refused",
        "",
    ),
    ("varchar(9) collate utf8mb4_bin", "varchar(9)", "", ""),
    ("enum('abcd')", "varchar(3)", LONGER, TEXTS),
    ("varchar(4)", "enum('abcd')", TEXTS, ""),
    ("varchar(10)", "int", TEXTS, LONGER),
]
ONLY_MARIADB: list[Pair] = [
    ("json", "longtext", "", ""),
    ("varchar(40)", "uuid", TEXTS, ""),
    ("uuid", "varchar(20)", LONGER, TEXTS),
    ("uuid", "binary(16)", "", ""),
    ("text", "inet6", TEXTS, ""),
]
ONLY_MYSQL: list[Pair] = [
    ("text", "json", TEXTS, LONGER),
    ("json", "longtext", "", TEXTS),
    ("json", "varchar(9)", LONGER, TEXTS),
    ("json", "int", TEXTS, ""),
]
BEGIN = "texts are cut to the number that they begin with, or 0"
CUT = "digits behind the point are cut off"
SQLITE: list[Pair] = [
    ("VARCHAR(100)", "VARCHAR(10)", "", ""),
    ("TEXT", "VARCHAR(10)", "", ""),
    ("BIGINT", "SMALLINT", "", ""),
    ("TEXT", "INTEGER", BEGIN, ""),
    ("BLOB", "INTEGER", BEGIN, ""),
    ("TEXT", "JSON", BEGIN, ""),
    ("CHAR(32)", "BLOB", "", ""),
    ("VARCHAR(20)", "NUMERIC(10, 2)", BEGIN, ""),
    ("VARCHAR(20)", "DATETIME", BEGIN, ""),
    ("DATE", "DATETIME", BEGIN, BEGIN),
    ("FLOAT", "INTEGER", CUT, ""),
    ("NUMERIC(10, 2)", "INTEGER", CUT, ""),
    ("NUMERIC(10, 0)", "INTEGER", "", ""),
    ("BOOLEAN", "INTEGER", "", ""),
]


def _changed(
    control: Control, tracker: SchemaTracker, statements: Sequence[str]
) -> tuple[Statement, ...]:
    """Run the statements of one revision, and list what they do."""
    tracker.start()
    for statement in statements:
        control.execute(statement)
    found = narrowed(tracker.resync(), tracker.state, control.dialect)
    script = Script(
        revision="r1",
        direction=Direction.UP,
        texts=tuple(Text(sql=statement) for statement in statements),
        narrowed=found,
    )
    return listed([script], control.dialect)


def _harms(statements: Sequence[Statement]) -> list[str]:
    for item in statements:
        assert (item.risk is Risk.DESTROYS) == bool(item.narrows)
    return [", ".join(column.harm for column in item.narrows) for item in statements]


@pytest.fixture
def postgresql(postgresql_url: DatabaseURL) -> Iterator[Control]:
    """A database with two enum types."""
    with Control.open(postgresql_url, timeout=30.0) as control:
        control.execute("CREATE TYPE many AS ENUM ('a', 'it''s gone')")
        control.execute("CREATE TYPE few AS ENUM ('a')")
        control.execute("CREATE DOMAIN positive AS integer CHECK (value > 0)")
        control.execute(
            "CREATE DOMAIN percentage AS integer CHECK (value > 0) CHECK (value <= 100)"
        )
        control.execute("CREATE DOMAIN short AS varchar(5)")
        control.execute("CREATE DOMAIN there AS text NOT NULL")
        yield control


def _altered(control: Control, pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs with what was told of each way."""
    there = _one_way(control, [(old, new) for old, new, *_ in pairs])
    back = _one_way(control, [(new, old) for old, new, *_ in pairs])
    return [
        (old, new, narrow, back_again)
        for (old, new, *_), narrow, back_again in zip(pairs, there, back, strict=True)
    ]


def _one_way(control: Control, pairs: Sequence[tuple[str, str]]) -> list[str]:
    columns = ", ".join(f"c{number} {old}" for number, (old, _) in enumerate(pairs))
    control.execute(f"CREATE TABLE things (id integer, {columns})")
    if control.dialect is Dialect.MYSQL:
        tracker: SchemaTracker = MySQLTracker(control.query)
        form = "ALTER TABLE things MODIFY {0} {1}"
    else:
        tracker = PostgreSQLTracker(control.query)
        form = "ALTER TABLE things ALTER COLUMN {0} TYPE {1} USING NULL"
    statements = [form.format(f"c{number}", new) for number, (_, new) in enumerate(pairs)]
    told = _harms(_changed(control, tracker, statements))
    control.execute("DROP TABLE things")
    return told


@pytest.mark.postgresql
def test_postgresql_tells_what_narrows_and_nothing_that_does_not(postgresql: Control) -> None:
    found = _altered(postgresql, POSTGRESQL)

    assert [item for item in found if item not in POSTGRESQL] == []


@pytest.mark.postgresql
def test_an_enum_that_is_made_anew_without_a_label_is_narrower(postgresql: Control) -> None:
    postgresql.execute("CREATE TABLE things (id integer, kind many, other integer)")

    found = _changed(
        postgresql,
        PostgreSQLTracker(postgresql.query),
        [
            "ALTER TYPE many RENAME TO many_old",
            "CREATE TYPE many AS ENUM ('a')",
            "ALTER TABLE public.things ALTER kind TYPE many USING kind::text::many",
            "DROP TYPE many_old",
        ],
    )

    assert [[str(column) for column in item.narrows] for item in found] == [
        [],
        [],
        ["things.kind: rows with 'it's gone' are changed or refused"],
        [],
    ]


@pytest.mark.postgresql
def test_an_enum_without_labels_may_get_some(postgresql: Control) -> None:
    postgresql.execute("CREATE TYPE none_yet AS ENUM ()")
    postgresql.execute("CREATE TABLE things (id integer, kind none_yet)")

    found = _changed(
        postgresql, PostgreSQLTracker(postgresql.query), ["ALTER TYPE none_yet ADD VALUE 'a'"]
    )

    assert [item.narrows for item in found] == [()]


@pytest.mark.postgresql
def test_a_column_that_is_renamed_is_followed_and_a_new_one_loses_nothing(
    postgresql: Control,
) -> None:
    postgresql.execute("CREATE TABLE things (id integer, note varchar(100))")

    found = _changed(
        postgresql,
        PostgreSQLTracker(postgresql.query),
        [
            "ALTER TABLE things ADD COLUMN fresh varchar(100)",
            "ALTER TABLE things ALTER note TYPE varchar(10)",
            "ALTER TABLE things RENAME note TO remark",
            "ALTER TABLE things ALTER fresh TYPE varchar(10)",
        ],
    )

    assert [[str(column) for column in item.narrows] for item in found] == [
        [],
        [f"things.remark from varchar(100) to varchar(10): {LONGER}"],
        [],
        [],
    ]


@pytest.mark.mysql
def test_mariadb_tells_what_narrows_and_nothing_that_does_not(mysql_url: DatabaseURL) -> None:
    with Control.open(mysql_url, timeout=30.0) as control:
        control.execute("ALTER DATABASE CHARACTER SET utf8mb4")

        pairs = MARIADB + (ONLY_MARIADB if "MariaDB" in control.server else ONLY_MYSQL)

        found = _altered(control, pairs)

    assert [item for item in found if item not in pairs] == []


@pytest.mark.mysql
def test_a_whole_table_that_gets_another_character_set_is_narrower(mysql_url: DatabaseURL) -> None:
    with Control.open(mysql_url, timeout=30.0) as control:
        control.execute(
            "CREATE TABLE things (id int, note varchar(100), code char(3) CHARACTER SET ascii)"
            " CHARACTER SET utf8mb4"
        )

        found = _changed(
            control,
            MySQLTracker(control.query),
            [
                "ALTER TABLE things ENGINE = InnoDB",
                "ALTER TABLE things CONVERT TO CHARACTER SET latin1",
            ],
        )

    assert [[column.column for column in item.narrows] for item in found] == [[], ["things.note"]]


@pytest.mark.mysql
@pytest.mark.xdist_group("mysql itself")
def test_real_mysql_tells_what_narrows_and_nothing_that_does_not(
    real_mysql_url: DatabaseURL,
) -> None:
    with Control.open(real_mysql_url, timeout=30.0) as control:
        control.execute("ALTER DATABASE CHARACTER SET utf8mb4")

        found = _altered(control, MARIADB + ONLY_MYSQL)

    assert [item for item in found if item not in MARIADB + ONLY_MYSQL] == []


@pytest.mark.mysql
def test_mariadb_tells_of_the_statement_that_names_another_type(mysql_url: DatabaseURL) -> None:
    with Control.open(mysql_url, timeout=30.0) as control:
        control.execute("CREATE TABLE things (id int, note varchar(100), price decimal(10, 4))")

        found = _changed(
            control,
            MySQLTracker(control.query),
            [
                "ALTER TABLE things MODIFY note VARCHAR(100) NOT NULL",
                "ALTER TABLE things CHANGE note remark VARCHAR(10) NOT NULL",
                "ALTER TABLE things MODIFY price NUMERIC(10, 4) NOT NULL, MODIFY id BIGINT",
                "ALTER TABLE things MODIFY price NUMERIC(10, 2) NOT NULL",
            ],
        )

    assert [[str(column) for column in item.narrows] for item in found] == [
        [],
        [f"things.remark from varchar(100) to varchar(10): {LONGER}"],
        [],
        [f"things.price from decimal(10,4) to decimal(10,2): {ROUNDED}"],
    ]


@pytest.mark.parametrize("pair", SQLITE)
def test_sqlite_loses_by_a_cast_and_not_by_a_declaration(
    sqlite_url: DatabaseURL, pair: Pair
) -> None:
    first, second, *harms = pair
    ways = ((first, second), (second, first))

    with Control.open(sqlite_url, timeout=30.0) as control:
        plain = [_copied(control, old, new, "things.note") for old, new in ways]
        cast = [_copied(control, old, new, f"CAST(things.note AS {new})") for old, new in ways]

    assert plain == ["", ""]
    assert cast == [
        f"things.note from {old} to {new}: {harm}" if harm else ""
        for (old, new), harm in zip(ways, harms, strict=True)
    ]


def _copied(control: Control, old: str, new: str, value: str) -> str:
    """Copy a table as batch mode does, and say what is told of the copying statement."""
    control.execute(f"CREATE TABLE things (id INTEGER, note {old})")
    statements = (
        f"CREATE TABLE _alembic_tmp_things (id INTEGER, note {new})",
        f"INSERT INTO _alembic_tmp_things (id, note) SELECT things.id, {value} AS note FROM things",
        "DROP TABLE things",
        "ALTER TABLE _alembic_tmp_things RENAME TO things",
    )
    found = _changed(control, SQLiteTracker(control.query), statements)
    control.execute("DROP TABLE things")
    assert not any(item.narrows for item in (found[0], *found[2:]))
    return ", ".join(map(str, found[1].narrows))
