"""When the SQL that offline mode renders is what runs."""

import pytest

from alembic_ci.project.executions import Execution, Kind
from alembic_ci.project.offline import Line
from alembic_ci.steps.comparing import divergence
from alembic_ci.urls import Dialect


def _divergence(
    offline: list[str], ran: list[str], dialect: Dialect = Dialect.POSTGRESQL
) -> object:
    rendered = [Line(text=text + ";\n\n", line=3) for text in offline]
    executed = [Execution(kind=Kind.STATEMENT, texts=(text,), line=3) for text in ran]
    return divergence(rendered, executed, dialect)


@pytest.mark.parametrize(
    ("offline", "ran"),
    [
        (["CREATE TABLE t (\n    id INTEGER\n)"], ["\nCREATE TABLE t (\n\tid INTEGER\n)\n\n"]),
        (["INSERT INTO t (a) VALUES ('x\\y')"], ["INSERT INTO t (a) VALUES (E'x\\\\y'::VARCHAR)"]),
        (
            ["INSERT INTO t (a, b) VALUES (1, true)", "INSERT INTO t (a, b) VALUES (2, false)"],
            ["INSERT INTO t (a, b) VALUES (1::INTEGER, true), (2, false) RETURNING t.a"],
        ),
        (
            ["INSERT INTO t (d) VALUES ('2020-01-02 03:04:05')"],
            ["INSERT INTO t (d) VALUES ('2020-01-02T03:04:05.000'::timestamp without time zone)"],
        ),
        (["SELECT 1", "DROP TABLE t"], ["DROP TABLE t"]),
        (["COMMIT", "BEGIN", "DROP TABLE t"], ["DROP TABLE t"]),
    ],
)
def test_spelling_is_no_difference(offline: list[str], ran: list[str]) -> None:
    assert _divergence(offline, ran) is None


@pytest.mark.parametrize(
    ("offline", "ran"),
    [
        (["UPDATE t SET a = NULL"], ["UPDATE t SET a = 1"]),
        (["UPDATE t SET a = 'x    y'"], ["UPDATE t SET a = 'x\ty'"]),
        (["DROP TABLE t"], []),
        ([], ["DROP TABLE t"]),
        (["DROP TABLE a", "DROP TABLE b"], ["DROP TABLE b", "DROP TABLE a"]),
        (["CREATE TABLE t (a INT, b INT)"], ["CREATE TABLE t (b INT, a INT)"]),
        (
            ["INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO NOTHING"],
            ["INSERT INTO t (a) VALUES (1)"],
        ),
    ],
)
def test_other_statements_values_and_orders_are(offline: list[str], ran: list[str]) -> None:
    assert _divergence(offline, ran) is not None


def test_backslashes_of_mysql_are_read_as_mysql_reads_them() -> None:
    offline, ran = ["UPDATE t SET a = 'it''s'"], ["UPDATE t SET a = 'it\\'s'"]

    assert _divergence(offline, ran, Dialect.MYSQL) is None


def test_names_of_mysql_may_have_either_quotes() -> None:
    """SQLAlchemy has seen that the server is in the mode ANSI_QUOTES, and offline it cannot."""
    offline, ran = 'ALTER TABLE `order` ADD `a``b"c` INT', 'ALTER TABLE "order" ADD "a`b""c" INT'

    assert _divergence([offline], [ran], Dialect.MYSQL) is None
    assert _divergence([offline], [ran.replace("order", "orders")], Dialect.MYSQL) is not None
