import sqlite3

import psycopg2
import pymysql
import pytest

from alembic_ci.database.failures import (
    Cause,
    StatementDeniedError,
    StatementError,
    StatementInterruptedError,
    Surroundings,
    cause_of_code,
    error_code,
    statement_failure,
)
from alembic_ci.database.refusals import connection_failure
from alembic_ci.database.scram import ScramExchange, md5_answer
from alembic_ci.errors import AlembicCIError, DatabaseUnreachableError, ExitCode
from alembic_ci.urls import DatabaseURL, Dialect

SHOP = DatabaseURL.parse("postgresql+asyncpg://ann:s3cret@db.example:5432/shop?ssl=require")
LOCAL = DatabaseURL.parse("mysql://ann:s3cret@localhost:3306/shop")
NOWHERE = Surroundings()


def text(error: AlembicCIError) -> str:
    return f"{error.problem} {error.meaning} {error.remedy}"


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("url", [SHOP, LOCAL])
def test_every_failure_says_what_to_do_and_no_secret(cause: Cause, url: DatabaseURL) -> None:
    error = connection_failure(cause, url, detail="driver's words", surroundings=NOWHERE)

    assert error.remedy
    assert "driver's words" in error.meaning
    assert "s3cret" not in text(error)
    assert "ssl=require" not in text(error)


@pytest.mark.parametrize("cause", Cause)
def test_what_may_pass_by_itself_exits_with_five(cause: Cause) -> None:
    error = connection_failure(cause, SHOP, detail="", surroundings=NOWHERE)

    expected = ExitCode.TEMPORARY if cause.temporary else ExitCode.SETTINGS
    assert error.exit_code == expected


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_localhost_in_a_container_means_the_container(host: str) -> None:
    url = DatabaseURL(drivername="postgresql", host=host, port=5432, database="shop")

    inside = connection_failure(
        Cause.REFUSED, url, detail="", surroundings=Surroundings(in_container=True, ci="github")
    )
    outside = connection_failure(Cause.REFUSED, url, detail="", surroundings=NOWHERE)

    assert "services:" in inside.remedy
    assert "service's name" in inside.remedy
    assert "service's name" not in outside.remedy


def test_a_driver_error_is_told_apart_by_its_code_only() -> None:
    assert error_code(pymysql.err.OperationalError(1045, "Access denied")) == "1045"
    assert error_code(psycopg2.OperationalError("password authentication failed")) == ""
    assert error_code(None) == ""
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect("file:/nowhere/at/all?mode=rw", uri=True)
    assert error_code(caught.value) == str(sqlite3.SQLITE_CANTOPEN)


@pytest.mark.parametrize(
    ("dialect", "code", "cause"),
    [
        (Dialect.POSTGRESQL, "28P01", Cause.LOGIN),
        (Dialect.POSTGRESQL, "3D000", Cause.UNKNOWN_DATABASE),
        (Dialect.POSTGRESQL, "08006", Cause.SILENT),
        (Dialect.POSTGRESQL, "XX000", Cause.OTHER),
        (Dialect.MYSQL, "1698", Cause.LOGIN),
        (Dialect.MYSQL, "1049", Cause.UNKNOWN_DATABASE),
        (Dialect.MYSQL, "1044", Cause.NO_PRIVILEGE),
        (Dialect.MYSQL, "", Cause.OTHER),
        (Dialect.SQLITE, "26", Cause.NOT_A_DATABASE),
        (Dialect.SQLITE, "5", Cause.BUSY),
    ],
)
def test_codes_have_causes(dialect: Dialect, code: str, cause: Cause) -> None:
    assert cause_of_code(dialect, code) is cause


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (1205, StatementInterruptedError),  # lock wait timeout
        (2013, StatementInterruptedError),  # connection lost
        (1044, StatementDeniedError),
        (1064, StatementError),  # syntax
    ],
)
def test_a_failed_statement_tells_whether_to_retry(number: int, kind: type[StatementError]) -> None:
    failure = statement_failure(pymysql.err.OperationalError(number, "why"), LOCAL, lost=False)

    assert type(failure) is kind
    assert failure.code == str(number)
    assert "why" in failure.problem


def test_a_lost_connection_may_be_retried_without_a_code() -> None:
    failure = statement_failure(psycopg2.OperationalError("gone"), SHOP, lost=True)

    assert isinstance(failure, DatabaseUnreachableError)


def test_scram_answers_the_example_of_its_standard() -> None:
    """RFC 7677, section 3, without the user name, which PostgreSQL takes from the start-up."""
    exchange = ScramExchange("pencil", nonce="rOprNGfwEbeRWgbNEkqO")

    first = exchange.first()
    final = exchange.final(
        b"r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
    )

    assert first == b"n,,n=,r=rOprNGfwEbeRWgbNEkqO"
    assert final.startswith(b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=")


def test_an_md5_password_is_salted_twice() -> None:
    assert md5_answer("ann", "s3cret", b"\x01\x02\x03\x04").startswith(b"md5")
    assert len(md5_answer("ann", "s3cret", b"\x01\x02\x03\x04")) == 35
