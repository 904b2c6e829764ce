"""Which databases a statement of MySQL says that it changes."""

import pytest

from alembic_ci.worker.fence import changed_databases, named_databases


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE audit.logs ADD a INT",
        "alter table `audit` . `logs` add a int",
        'DROP TABLE IF EXISTS own, "audit"."logs"',
        "RENAME TABLE logs TO audit.logs",
        "ALTER TABLE logs RENAME AS audit.logs",
        "TRUNCATE audit.logs",
        "CREATE UNIQUE INDEX ix ON audit.logs (a)",
        "CREATE TRIGGER t AFTER INSERT ON own FOR EACH ROW INSERT INTO audit.logs VALUES (1)",
        "CREATE OR REPLACE VIEW audit.seen AS SELECT 1",
        "CALL audit.tidy()",
        "INSERT INTO audit.logs (a) SELECT b FROM own",
        "INSERT IGNORE audit.logs VALUES (1)",
        "REPLACE INTO audit.logs VALUES (1)",
        "UPDATE own JOIN audit.logs ON own.id = logs.id SET logs.a = 1",
        "DELETE FROM audit.logs WHERE own.id = 1",
        "/* first */ ALTER TABLE own ADD a INT; -- then\nDROP TABLE audit.logs",
    ],
)
def test_what_is_changed_is_named(sql: str) -> None:
    assert set(changed_databases(sql)) == {"audit"}


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "SELECT * FROM audit.logs",
        "INSERT INTO own SELECT a FROM other JOIN audit.logs ON audit.logs.id = other.id",
        "CREATE TABLE own AS SELECT * FROM a JOIN audit.logs",
        "CREATE VIEW seen AS SELECT audit.a FROM audit",
        "UPDATE audit SET audit.a = 1",
        "DELETE FROM audit WHERE audit.a = 1",
        "ALTER TABLE own ADD note VARCHAR(99) DEFAULT 'DROP TABLE audit.logs'",
        "-- DROP TABLE audit.logs\nDROP TABLE logs",
        "ALTER TABLE own ADD FOREIGN KEY (a) REFERENCES audit.logs (id)",
    ],
)
def test_what_is_only_read_or_is_no_name_is_not(sql: str) -> None:
    assert set(changed_databases(sql)) == set()


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE DATABASE IF NOT EXISTS `audit`",
        "DROP SCHEMA audit",
        "ALTER DATABASE audit CHARACTER SET utf8mb4",
        "USE audit",
    ],
)
def test_whole_databases_are_named(sql: str) -> None:
    assert list(named_databases(sql)) == ["audit"]


@pytest.mark.parametrize("sql", ["ALTER DATABASE CHARACTER SET utf8mb4", "CREATE TABLE audit (a)"])
def test_the_own_database_need_not_be_named(sql: str) -> None:
    assert list(named_databases(sql)) == []
