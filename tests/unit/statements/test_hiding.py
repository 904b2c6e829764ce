"""Values of columns that look secret."""

import pytest

from alembic_ci.statements import MARK, Columns
from alembic_ci.urls import Dialect

_COLUMNS = Columns(("*password*", "api_key"))


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        (
            "INSERT INTO u (id, Password_Hash, note) VALUES (1, 'x''y', 'a'), (2, NULL, 'b')",
            "INSERT INTO u (id, Password_Hash, note) VALUES (1, <redacted>, 'a'), (2, NULL, 'b')",
        ),
        (
            "INSERT INTO users (\"api_key\", f) SELECT lower('abc'), f(1, 2) FROM old",
            'INSERT INTO users ("api_key", f) SELECT lower(<redacted>), f(1, 2) FROM old',
        ),
        (
            "UPDATE u SET n = 'a', api_key = f('b') WHERE password = 'c' AND id = 3",
            "UPDATE u SET n = 'a', api_key = f(<redacted>) WHERE password = <redacted> AND id = 3",
        ),
        ("CREATE ROLE app LOGIN PASSWORD 'x'", "CREATE ROLE app LOGIN PASSWORD <redacted>"),
        ("CREATE TABLE t (password VARCHAR(20))", "CREATE TABLE t (password VARCHAR(20))"),
        (
            "SELECT 1; UPDATE t SET api_key='x'; SELECT 2",
            "SELECT 1; UPDATE t SET api_key=<redacted>; SELECT 2",
        ),
        ("INSERT INTO t VALUES ('x')", "INSERT INTO t VALUES ('x')"),
    ],
)
@pytest.mark.parametrize("dialect", [Dialect.POSTGRESQL, Dialect.SQLITE])
def test_values_of_such_columns_are_left_out(sql: str, shown: str, dialect: Dialect) -> None:
    assert _COLUMNS.hidden(sql, dialect) == shown


@pytest.mark.parametrize("pattern", ["api*key", "API?KEY", "*_key", "[ab]pi_key", "?pi*"])
def test_a_pattern_may_have_its_wildcards_anywhere(pattern: str) -> None:
    shown = Columns((pattern,)).hidden("UPDATE t SET api_key = 'x', b = 1", Dialect.SQLITE)

    assert shown == f"UPDATE t SET api_key = {MARK}, b = 1"


def test_a_password_of_mysql_is_left_out() -> None:
    shown = _COLUMNS.hidden("CREATE USER 'a'@'b' IDENTIFIED BY 'c'", Dialect.MYSQL)

    assert shown in {
        "CREATE USER 'a'@'b' IDENTIFIED BY 'c'",  # no column is named
        f"CREATE USER 'a'@'b' IDENTIFIED BY {MARK}",
    }


def test_no_pattern_hides_nothing() -> None:
    sql = "UPDATE t SET password = 'x'"

    assert Columns(()).hidden(sql, Dialect.MYSQL) == sql
