import pytest

from alembic_ci.database.mysql.statements import EVERYTHING, NOTHING, Scope, scope

NOTHING_CHANGES = [
    "SELECT 1",
    "INSERT INTO users (name) VALUES ('; DROP TABLE users')",
    "UPDATE alembic_version SET version_num='b' WHERE version_num = 'a'",
    "  -- a comment; DROP TABLE users\n DELETE FROM users",
    "/* DROP TABLE users */ SELECT 1",
    "SET foreign_key_checks = 0",
    "",
    " ; ;",
]
ANYTHING_CHANGES = [
    "CALL change_everything()",
    "EXECUTE statement",
    "PREPARE statement FROM 'DROP TABLE users'",
    "CREATE TRIGGER t AFTER INSERT ON users FOR EACH ROW SET @x = 1",
    "CREATE DEFINER=`root`@`%` PROCEDURE p() SELECT 1",
    "ALTER DATABASE CHARACTER SET latin1",
    "DROP EVENT e",
    "CREATE OR REPLACE SEQUENCE s",
    "BEGIN NOT ATOMIC DROP TABLE users; END",
    "SET STATEMENT max_statement_time = 1 FOR DROP TABLE users",
    "/*!50003 DROP TABLE users */",
    "SELECT 1; /*M!100100 DROP TABLE users */",
    "GRANT SELECT ON users TO someone",
    "SELECT 1; CALL change_everything()",
]
NAMES = {
    "ALTER TABLE users ADD COLUMN `event` INT": {"users", "event"},
    "ALTER TABLE `shop`.`Users` DROP x": {"shop", "users", "x"},
    "CREATE INDEX ix ON users (name)": {"ix", "users", "name"},
    "DROP TABLE IF EXISTS a, `b``c`": {"a", "b`c"},
    "RENAME TABLE a TO b, c TO d": {"a", "b", "c", "d"},
    "CREATE OR REPLACE SQL SECURITY INVOKER VIEW v AS SELECT id FROM users": {"v", "users"},
    "INSERT INTO log VALUES (1); DROP TABLE users": {"users"},
    "CREATE TABLE t (a TEXT DEFAULT 'it''s \\' users')": {"t", "a"},
}
NEW = {
    "CREATE TABLE t (id INT)": {"t"},
    "CREATE TABLE IF NOT EXISTS `shop`.`Big Table` (id INT)": {"Big Table"},
    "ALTER TABLE a RENAME TO b": {"b"},
    "ALTER TABLE a RENAME b": {"b"},
    "RENAME TABLE a TO b, c TO d": {"b", "d"},
    "CREATE VIEW v AS SELECT 1": {"v"},
}


@pytest.mark.parametrize("text", NOTHING_CHANGES)
def test_data_changes_no_schema(text: str) -> None:
    assert scope([text]) == NOTHING
    assert not scope([text])


@pytest.mark.parametrize("text", ANYTHING_CHANGES)
def test_a_statement_that_can_do_anything_means_everything(text: str) -> None:
    assert scope([text]).everything


@pytest.mark.parametrize(("text", "names"), NAMES.items(), ids=NAMES)
def test_every_name_in_the_text_counts(text: str, names: set[str]) -> None:
    found = scope([text])

    assert not found.everything
    assert names <= found.names


@pytest.mark.parametrize(("text", "names"), NEW.items(), ids=NEW)
def test_a_name_may_be_that_of_a_new_table(text: str, names: set[str]) -> None:
    assert names <= scope([text]).new


def test_a_renamed_column_may_be_meant_by_other_tables() -> None:
    assert scope(["ALTER TABLE users CHANGE id number INT"]).renames
    assert not scope(["ALTER TABLE users MODIFY id INT"]).renames


def test_the_scope_of_several_texts_is_that_of_all() -> None:
    one, other = Scope(names=frozenset("a")), Scope(names=frozenset("b"), renames=True)

    assert one | other == Scope(names=frozenset("ab"), renames=True)
    assert (one | EVERYTHING).everything
