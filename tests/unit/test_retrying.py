import pytest

from alembic_ci.project.failures import EnvError, Executed, Failure, ForeignError, StepFailedError
from alembic_ci.steps.retrying import Remains, passing, pause
from alembic_ci.urls import Dialect

CREATE = "CREATE TABLE beds (id INTEGER)"


def failure(code: str, *, lost: bool = False) -> Failure:
    return Failure(kind="Error", message="words", code=code, lost=lost)


def failed(code: str, *statements: str, lost: bool = False) -> StepFailedError:
    return StepFailedError(
        "0004",
        failure=failure(code, lost=lost),
        output="",
        swallowed=False,
        executed=Executed(statements=statements),
    )


def remains(dialect: Dialect, *, unrecorded: str = "0004", lasting: str = "") -> Remains:
    return Remains(
        dialect=dialect,
        transactional=dialect is Dialect.POSTGRESQL,
        unrecorded=frozenset(unrecorded.split()),
        lasting=frozenset(lasting.split()),
    )


@pytest.mark.parametrize(
    "code", ["55P03", "40P01", "40001", "1205", "1213", "SQLITE_BUSY", "08006", "57P01", "2013"]
)
def test_locks_and_lost_connections_pass(code: str) -> None:
    assert passing(failure(code))


@pytest.mark.parametrize("code", ["42P07", "23505", "57014", "1050", "1062", "3024", ""])
def test_what_has_to_be_corrected_does_not_pass(code: str) -> None:
    assert not passing(failure(code))


def test_a_lost_connection_needs_no_code() -> None:
    assert passing(failure("", lost=True)) == "the connection was lost"


@pytest.mark.parametrize(
    ("found", "error", "expected"),
    [
        (remains(Dialect.POSTGRESQL), failed("55P03", CREATE), True),
        (remains(Dialect.POSTGRESQL, lasting="0004"), failed("55P03", CREATE), False),
        (remains(Dialect.POSTGRESQL, unrecorded="", lasting="0003"), failed("55P03"), True),
        (remains(Dialect.MYSQL), failed("1205", "SHOW CREATE TABLE beds"), True),
        (remains(Dialect.MYSQL), failed("1205", CREATE), False),
        (remains(Dialect.MYSQL), failed("2013", lost=True), False),
        (remains(Dialect.SQLITE), failed("SQLITE_BUSY"), True),
        (remains(Dialect.SQLITE), failed("SQLITE_BUSY", CREATE), False),
        (remains(Dialect.MYSQL), EnvError("No.", remedy="", failure=failure("1205")), False),
        (
            remains(Dialect.MYSQL, unrecorded=""),
            EnvError("No.", remedy="", failure=failure("1205")),
            True,
        ),
    ],
)
def test_a_second_try_is_safe_only_where_the_first_left_nothing(
    found: Remains, error: ForeignError, *, expected: bool
) -> None:
    assert found.nothing(error) is expected


def test_pauses_grow_and_have_an_end() -> None:
    assert 0.5 <= pause(1) <= 1
    assert 4 <= pause(4) <= 8
    assert 15 <= pause(20) <= 30
