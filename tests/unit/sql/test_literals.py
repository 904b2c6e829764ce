"""Values as literals: what a client reads is the value that was bound."""

import datetime as dt
import sqlite3
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alembic_ci.worker import literals
from alembic_ci.worker.binding import Call, written

_NASTY = "it's \\ a\n\tb 100% :x ? $1 é \x1a"


@given(
    st.one_of(
        st.none(),
        st.text(st.characters(exclude_categories=["Cs"])),
        st.binary(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False),
    )
)
def test_sqlite_reads_back_what_was_written(value: Any) -> None:
    with sqlite3.connect(":memory:") as connection:
        bound = connection.execute("SELECT ?, typeof(?)", (value, value)).fetchone()
        literal = literals.sqlite(value)
        told = connection.execute(f"SELECT {literal}, typeof({literal})").fetchone()
    connection.close()

    if isinstance(value, float):  # SQLite itself reads the last digit of extreme ones wrongly
        bound = (pytest.approx(value, rel=1e-15), "real")
    assert told == bound
    assert "\r" not in literal
    assert "\0" not in literal


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (dt.date.max, "'infinity'"),
        (dt.date.min, "'-infinity'"),
        (dt.datetime.max, "'infinity'"),  # noqa: DTZ901 - it has no zone
        (dt.datetime.min.replace(tzinfo=dt.UTC), "'-infinity'"),
        (dt.datetime(9999, 12, 31), "'9999-12-31 00:00:00'"),  # noqa: DTZ001 - it has no zone
        (dt.date(9999, 12, 30), "'9999-12-30'"),
        ([1], "'{1}'"),
    ],
)
def test_the_first_and_the_last_day_are_infinities_to_asyncpg(value: Any, literal: str) -> None:
    assert literals.asyncpg(value) == literal


@pytest.mark.parametrize("session", [None, dt.timezone(dt.timedelta(hours=23, minutes=30))])
def test_a_moment_without_a_zone_gets_ours_where_the_session_has_another(
    session: dt.tzinfo | None,
) -> None:
    naive = dt.datetime(2020, 1, 2)  # noqa: DTZ001 - it has no zone
    aware = naive.replace(tzinfo=dt.UTC)

    assert literals.zoned(naive, session) == naive.astimezone()
    assert literals.zoned([naive, (aware, "x")], session) == [naive.astimezone(), [aware, "x"]]
    assert literals.zoned(naive, naive.astimezone().tzinfo) is naive
    assert literals.zoned(dt.datetime.max, session) is dt.datetime.max  # noqa: DTZ901


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        (True, "true"),
        (-3, "-3"),
        (Decimal("12.30"), "12.30"),
        (Decimal("NaN"), "'NaN'"),
        (float("inf"), "'inf'"),
        ("it's", "'it''s'"),
        ("a\\b'", "E'a\\\\b'''"),
        (b"\x00\xff", "'\\x00ff'"),
        (dt.date(2020, 1, 2), "'2020-01-02'"),
        (dt.datetime(2020, 1, 2, 3, tzinfo=dt.UTC), "'2020-01-02 03:00:00+00:00'"),
        (dt.timedelta(days=-1, microseconds=5), "'-1 days 0.000005 seconds'"),
        (UUID(int=5), "'00000000-0000-0000-0000-000000000005'"),
        ([1, None, 2], "'{1,NULL,2}'"),
        (['a"b', "c\\d", "it's"], 'E\'{"a\\\\"b","c\\\\\\\\d","it\'\'s"}\''),
        ([["x"], ["y"]], '\'{{"x"},{"y"}}\''),
        (
            SimpleNamespace(lower=1, upper=None, lower_inc=True, upper_inc=False, isempty=False),
            "'[1,)'",
        ),
    ],
)
def test_postgresql_literals(value: Any, literal: str) -> None:
    assert literals.postgresql(value) == literal


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        (None, "NULL"),
        (True, "1"),
        (1.5, "1.5e0"),
        (1e300, "1e+300"),
        (Decimal("12.30"), "12.30"),
        ("it's \\ \n", "'it\\'s \\\\ \\n'"),
        (b"\x00\xff'", "X'00ff27'"),
        (dt.timedelta(days=1, hours=2, microseconds=5), "'26:00:00.000005'"),
        (-dt.timedelta(seconds=1), "'-00:00:01.000000'"),
        ((1, "a"), "(1, 'a')"),
    ],
)
def test_mysql_literals(value: Any, literal: str) -> None:
    assert literals.mysql(value) == literal


def test_mysql_texts_keep_backslashes_where_they_escape_nothing() -> None:
    assert literals.mysql("it's \\", backslashes=False) == "'it''s \\'"


@pytest.mark.parametrize("write", [literals.postgresql, literals.mysql, literals.sqlite])
def test_what_has_no_literal_is_refused(write: Any) -> None:
    with pytest.raises(TypeError, match="object"):
        write(object())


def _written(
    dialect: str, style: str, statement: str, parameters: Any, *, many: bool = False
) -> Any:
    connection = SimpleNamespace(
        dialect=SimpleNamespace(name=dialect, driver="", paramstyle=style),
        connection=SimpleNamespace(),
    )
    return written(Call(connection, None, statement, parameters, many))


@pytest.mark.parametrize(
    ("dialect", "style", "statement", "parameters", "expected"),
    [
        (
            "sqlite",
            "qmark",
            "SELECT '?', \"?\", [?], ? -- ?\n, ?",
            (1, "x"),
            "SELECT '?', \"?\", [?], 1 -- ?\n, 'x'",
        ),
        ("sqlite", "qmark", "SELECT :a, ':a', :b::x", {"a": 1, "b": 2}, "SELECT 1, ':a', 2::x"),
        (
            "postgresql",
            "numeric_dollar",
            "SELECT $2::TEXT, $1, '$1', $$ $1 $$",
            (1, "x"),
            "SELECT 'x'::TEXT, 1, '$1', $$ $1 $$",
        ),
        ("postgresql", "numeric_dollar", "SELECT E'\\'$1', $1", (1,), "SELECT E'\\'$1', 1"),
        (
            "mysql",
            "format",
            "SELECT '100%%', %s",
            (_NASTY,),
            "SELECT '100%', " + literals.mysql(_NASTY),
        ),
        ("mysql", "pyformat", "SELECT '100%%', %(a)s", {"a": 1}, "SELECT '100%', 1"),
        ("mysql", "qmark", "SELECT '\\'?', `?`, ?", (1,), "SELECT '\\'?', `?`, 1"),
        ("mysql", "format", "SELECT '100%%'", (), "SELECT '100%'"),
        ("sqlite", "qmark", "SELECT '100%'", (), "SELECT '100%'"),
    ],
)
def test_placeholders_are_replaced_and_nothing_that_looks_like_one(
    dialect: str, style: str, statement: str, parameters: Any, expected: str
) -> None:
    assert _written(dialect, style, statement, parameters) == [expected]


@pytest.mark.parametrize("sets", [[(1,), (2,)], ((1,), (2,))])
def test_each_set_of_executemany_is_a_statement(sets: Any) -> None:
    found = _written("sqlite", "qmark", "INSERT INTO t VALUES (?)", sets, many=True)

    assert found == ["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"]
