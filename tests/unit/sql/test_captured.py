"""Transactions of a captured revision, written out."""

import pytest

from alembic_ci.project.executions import Execution, Kind
from alembic_ci.steps.captured import body
from alembic_ci.steps.statement_text import opening, terminated
from alembic_ci.urls import Dialect

_COMMIT, _BEGIN, _ROLLBACK = (
    Execution(kind=kind) for kind in (Kind.COMMIT, Kind.BEGIN, Kind.ROLLBACK)
)


def _statement(
    text: str, *, autocommit: bool = False, read: bool = False, version: bool = False
) -> Execution:
    return Execution(
        kind=Kind.STATEMENT, texts=(text,), autocommit=autocommit, read=read, version=version
    )


def _texts(
    *executions: Execution, transactional: bool, dialect: Dialect = Dialect.SQLITE
) -> list[str]:
    found = body(executions, dialect, transactional=transactional)
    return [text for item in found for text in item.texts]


def test_an_autocommit_block_ends_the_transaction_and_begins_another() -> None:
    told = (_statement("A"), _COMMIT, _statement("B", autocommit=True), _BEGIN, _statement("C"))

    assert _texts(*told, transactional=True) == ["A", "COMMIT", "B", "BEGIN", "C"]


def test_a_revision_that_ends_its_transaction_leaves_one_open_for_the_version_table() -> None:
    assert _texts(_statement("A"), _COMMIT, transactional=True) == ["A", "COMMIT", "BEGIN"]


def test_what_is_rolled_back_is_rolled_back_in_every_kind_of_script() -> None:
    told = (_statement("A"), _ROLLBACK, _BEGIN, _statement("B"))

    assert _texts(*told, transactional=True) == ["A", "ROLLBACK", "BEGIN", "B"]
    assert _texts(*told, transactional=False) == ["BEGIN", "A", "ROLLBACK", "BEGIN", "B", "COMMIT"]


def test_without_transactions_commits_say_nothing() -> None:
    told = (_statement("A"), _COMMIT, _BEGIN, _statement("B"))

    assert _texts(*told, transactional=False) == ["A", "B"]


@pytest.mark.parametrize("text", ["BEGIN IMMEDIATE", "start transaction;", " Commit ", "END"])
def test_without_transactions_statements_that_begin_or_end_them_say_nothing(text: str) -> None:
    assert _texts(_statement(text), _statement("A"), transactional=False) == ["A"]


def test_a_block_that_begins_with_begin_is_a_statement() -> None:
    block = "BEGIN NOT ATOMIC SELECT 1; END"

    assert _texts(_statement(block), transactional=False) == [block]


def test_a_savepoint_stands_in_a_transaction_in_every_kind_of_script() -> None:
    told = [_statement(text) for text in ("A", "SAVEPOINT x", "B", "RELEASE SAVEPOINT x")]
    texts = [text for item in told for text in item.texts]

    assert _texts(*told, transactional=True) == texts
    assert _texts(*told, transactional=False) == ["BEGIN", *texts, "COMMIT"]
    assert _texts(*told, transactional=False, dialect=Dialect.MYSQL) == [
        "SET autocommit = 0",
        *texts,
        "COMMIT",
        "SET autocommit = 1",
    ]


def test_reads_and_the_version_table_are_left_out() -> None:
    told = (_statement("SELECT 1", read=True), _statement("A"), _statement("V", version=True))

    assert _texts(*told, transactional=True) == ["A"]


@pytest.mark.parametrize(
    ("statement", "dialect", "text"),
    [
        ("\nDROP TABLE t ; ;\n", Dialect.POSTGRESQL, "DROP TABLE t;\n\n"),
        ("DROP TABLE t -- gone", Dialect.SQLITE, "DROP TABLE t -- gone\n;\n\n"),
        ("UPDATE t SET a = ';'", Dialect.MYSQL, "UPDATE t SET a = ';';\n\n"),
        (
            "CREATE PROCEDURE x() BEGIN SELECT '//'; END",
            Dialect.MYSQL,
            "DELIMITER $$\nCREATE PROCEDURE x() BEGIN SELECT '//'; END\n$$\nDELIMITER ;\n\n",
        ),
        (" ; ", Dialect.MYSQL, ""),
    ],
)
def test_a_statement_ends_where_its_client_thinks_so(
    statement: str, dialect: Dialect, text: str
) -> None:
    assert terminated(statement, dialect) == text


def test_a_script_beyond_ascii_says_how_it_is_encoded() -> None:
    assert opening("SELECT 'é';", Dialect.MYSQL) == "SET NAMES utf8mb4;\n\n"
    assert opening("SELECT 'e';", Dialect.MYSQL) == ""
