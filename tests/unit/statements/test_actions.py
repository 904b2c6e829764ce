import pytest

from alembic_ci.statements import Action, actions, statements
from alembic_ci.urls import Dialect

POSTGRESQL, MYSQL, SQLITE = Dialect.POSTGRESQL, Dialect.MYSQL, Dialect.SQLITE

SAID = [
    (POSTGRESQL, "CREATE TABLE shop.orders (id int)", ["create table shop.orders"]),
    (POSTGRESQL, 'CREATE TEMP TABLE "O ""1" (id int)', ['create temporary table O "1']),
    (POSTGRESQL, "CREATE UNIQUE INDEX ix ON ONLY o (a)", ["create index ix on o"]),
    (POSTGRESQL, "CREATE INDEX ON o (a)", ["create index (unnamed) on o"]),
    (POSTGRESQL, "CREATE OR REPLACE VIEW v AS SELECT 1", ["create view v"]),
    (POSTGRESQL, "CREATE MATERIALIZED VIEW v AS SELECT 1", ["create materialized view v"]),
    (
        POSTGRESQL,
        "CREATE TRIGGER t BEFORE INSERT ON a EXECUTE FUNCTION f()",
        ["create trigger t on a"],
    ),
    (
        POSTGRESQL,
        "ALTER TABLE o ADD COLUMN a int, DROP COLUMN b",
        ["add column o.a", "drop column o.b"],
    ),
    (POSTGRESQL, "ALTER TABLE ONLY o ALTER COLUMN a TYPE bigint", ["change type o.a"]),
    (POSTGRESQL, "ALTER TABLE o ALTER a SET NOT NULL", ["set not null o.a"]),
    (POSTGRESQL, "ALTER TABLE o ADD CONSTRAINT c CHECK (a > 0)", ["add check c on o"]),
    (POSTGRESQL, "ALTER TABLE o ADD UNIQUE (a)", ["add unique constraint (unnamed) on o"]),
    (POSTGRESQL, "ALTER TABLE o VALIDATE CONSTRAINT c", ["validate constraint c on o"]),
    (POSTGRESQL, "ALTER TABLE o RENAME a TO b", ["rename column o.a"]),
    (POSTGRESQL, "ALTER TABLE o RENAME TO p", ["rename table o"]),
    (POSTGRESQL, "ALTER TABLE o OWNER TO me", ["alter table o"]),
    (POSTGRESQL, "ALTER TYPE color ADD VALUE 'red'", ["add enum value color"]),
    (POSTGRESQL, "ALTER INDEX a RENAME TO b", ["alter index a"]),
    (POSTGRESQL, "VACUUM (FULL, ANALYZE) o", ["vacuum full o"]),
    (POSTGRESQL, "COMMENT ON COLUMN o.a IS 'x'", ["comment o.a"]),
    (POSTGRESQL, "WITH x AS (SELECT 1) INSERT INTO o SELECT * FROM x", ["insert o"]),
    (POSTGRESQL, "WITH x AS (DELETE FROM o RETURNING *) SELECT * FROM x", ["delete o"]),
    (POSTGRESQL, "SELECT 1", []),
    (POSTGRESQL, "SET lock_timeout = '1s'", []),
    (MYSQL, "ALTER TABLE o ADD INDEX ix (b), ALGORITHM=INPLACE, LOCK=NONE", ["add index ix on o"]),
    (MYSQL, "ALTER TABLE o ADD COLUMN (c int, d int)", ["add column o.c", "add column o.d"]),
    (MYSQL, "ALTER TABLE o CHANGE b c INT", ["rename column o.b", "change column o.c"]),
    (MYSQL, "ALTER TABLE o MODIFY b BIGINT NOT NULL", ["change column o.b"]),
    (MYSQL, "DROP INDEX ix ON o", ["drop index ix on o"]),
    (MYSQL, "RENAME TABLE a TO b, c TO d", ["rename table a", "rename table c"]),
    (
        MYSQL,
        "/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x=1 */",
        ["create trigger t on a"],
    ),
    (SQLITE, "INSERT OR REPLACE INTO [o] SELECT * FROM p", ["insert o"]),
]
LOSES = [
    (
        POSTGRESQL,
        "DROP TABLE IF EXISTS a, b CASCADE",
        ["table a and its rows", "table b and its rows"],
    ),
    (POSTGRESQL, "ALTER TABLE o DROP COLUMN b", ["the values of o.b"]),
    (POSTGRESQL, "TRUNCATE a", ["every row of a"]),
    (POSTGRESQL, "DELETE FROM ONLY a", ["every row of a"]),
    (POSTGRESQL, "UPDATE a SET b = 1, c = f(2, 3)", ["the old values of a.b, a.c in every row"]),
    (POSTGRESQL, "DROP SCHEMA s CASCADE", ["schema s and all that is in it"]),
    (POSTGRESQL, "DO $$ BEGIN IF true THEN DROP TABLE a; END IF; END $$", ["table a and its rows"]),
    (POSTGRESQL, "WITH x AS (DELETE FROM o) SELECT 1", ["every row of o"]),
    (MYSQL, "ALTER TABLE o DROP PARTITION p", ["the rows of a part of o"]),
]
LOSES_NOTHING = [
    (POSTGRESQL, "DELETE FROM a WHERE b"),
    (POSTGRESQL, "DELETE FROM a USING b"),
    (POSTGRESQL, "UPDATE a SET b = c.d FROM c"),
    (POSTGRESQL, "UPDATE a SET b = (SELECT 1 FROM c) WHERE d"),
    (POSTGRESQL, "DROP SCHEMA s"),
    (POSTGRESQL, "DROP VIEW v"),
    (POSTGRESQL, "DROP INDEX ix"),
    (POSTGRESQL, "ALTER TABLE o DROP CONSTRAINT c"),
    (POSTGRESQL, "SELECT 'DROP TABLE a; TRUNCATE b'"),
    (MYSQL, "DELETE a FROM a JOIN b ON a.b = b.b"),
    (MYSQL, "ALTER TABLE o DROP FOREIGN KEY fk, DROP INDEX ix, DROP PRIMARY KEY"),
]


def _did(sql: str, dialect: Dialect) -> list[Action]:
    return [item for piece in statements(sql, dialect) for item in actions(piece.parts, dialect)]


@pytest.mark.parametrize(("dialect", "sql", "said"), SAID, ids=[sql for _, sql, _ in SAID])
def test_a_statement_is_told_in_a_few_words(dialect: Dialect, sql: str, said: list[str]) -> None:
    assert [str(action) for action in _did(sql, dialect)] == said


@pytest.mark.parametrize(("dialect", "sql", "lost"), LOSES, ids=[sql for _, sql, _ in LOSES])
def test_what_is_gone_for_good_is_named(dialect: Dialect, sql: str, lost: list[str]) -> None:
    assert [action.loses for action in _did(sql, dialect) if action.loses] == lost


@pytest.mark.parametrize(("dialect", "sql"), LOSES_NOTHING, ids=[sql for _, sql in LOSES_NOTHING])
def test_what_keeps_rows_or_chooses_them_loses_nothing(dialect: Dialect, sql: str) -> None:
    assert not any(action.loses for action in _did(sql, dialect))


def test_foreign_keys_name_their_parents() -> None:
    for sql in (
        "ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES shop.b (y) NOT VALID",
        "ALTER TABLE a ADD COLUMN x int REFERENCES shop.b",
        "CREATE TABLE a (x int REFERENCES shop.b (y), z int REFERENCES shop.b (z))",
    ):
        assert [action.others for action in _did(sql, POSTGRESQL)] == [("shop.b",)]
