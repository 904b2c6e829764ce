import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alembic_ci.statements import pieces, statements
from alembic_ci.urls import Dialect

POSTGRESQL, MYSQL, SQLITE = Dialect.POSTGRESQL, Dialect.MYSQL, Dialect.SQLITE

_ATOMIC = """CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC
  SELECT CASE WHEN true THEN 1 END; SELECT 2;
END"""
_BLOCKS = """CREATE PROCEDURE p() BEGIN
  FOR i IN 1..3 DO SELECT i; END FOR;
  WHILE 1 DO SELECT 2; END WHILE;
  REPEAT SET x = REPEAT('a', 3); UNTIL 1 END REPEAT;
  l: LOOP LEAVE l; END LOOP l;
  CASE x WHEN 1 THEN SELECT 1; ELSE SELECT 2; END CASE;
END"""
# Each of these is one statement, whatever semicolons are in it.
WHOLE = [
    (POSTGRESQL, "DO $$ BEGIN a; b; END $$"),
    (POSTGRESQL, "DO $tag$ x; $$ ; $tag$"),
    (POSTGRESQL, r"SELECT E'it\'s; \\'"),
    (POSTGRESQL, "SELECT E'a'\n  'b\\'; c'"),
    (POSTGRESQL, "SELECT U&'\\0041;', U&\"d;\""),
    (POSTGRESQL, "SELECT 'no backslash escape here: \\', 'next;'"),
    (POSTGRESQL, "SELECT 1 /* a; /* b; */ c; */ + 2"),
    (POSTGRESQL, 'SELECT "a;""b;"'),
    (POSTGRESQL, "SELECT 1 -- ;\n + 2"),
    (POSTGRESQL, "SELECT 4 * a$b$c, $1"),
    (POSTGRESQL, "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)"),
    (POSTGRESQL, _ATOMIC),
    (MYSQL, r"SELECT 'it\'s;', ';''', "),
    (MYSQL, 'SELECT "x;\\"y;", `a;``b`'),
    (MYSQL, "SELECT 1 # ;\n + 2"),
    (MYSQL, "SELECT 1 -- ;\n + 2"),
    (MYSQL, "SELECT 1--2"),
    (MYSQL, "SELECT 1 /* /* ; */ + 2"),
    (MYSQL, "/*!40101 SET NAMES utf8; */"),
    (
        MYSQL,
        "/*!50003 CREATE*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @x = '*/;' */",
    ),
    (MYSQL, "CREATE DEFINER=`r`@`%` PROCEDURE p() BEGIN SELECT 1; SELECT `end`; END"),
    (MYSQL, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.a THEN SET @x = 1; END IF"),
    (MYSQL, "CREATE PROCEDURE IF NOT EXISTS p() IF 1 THEN SELECT IF(1, 2, 3); END IF"),
    (MYSQL, "CREATE FUNCTION f() RETURNS int RETURN IF(a, CASE WHEN b THEN 1 END, 2)"),
    (MYSQL, _BLOCKS),
    (MYSQL, "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM a; DELETE FROM b; END"),
    (MYSQL, "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END"),
    (SQLITE, "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; DELETE FROM d; END"),
    (SQLITE, "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END"),
    (SQLITE, "SELECT [a;b], `c;d`, \"e;f\", 'g;''h;'"),
    (SQLITE, "SELECT 'no backslash escape here: \\', 'next;'"),
]
# And these are several.
SEVERAL = [
    (POSTGRESQL, "BEGIN; SELECT 1; COMMIT", ["BEGIN", "SELECT 1", "COMMIT"]),
    (MYSQL, "BEGIN; SELECT IF(1, 2, 3); END", ["BEGIN", "SELECT IF(1, 2, 3)", "END"]),
    (MYSQL, "DROP TABLE IF EXISTS a; SELECT 1", ["DROP TABLE IF EXISTS a", "SELECT 1"]),
    (SQLITE, "BEGIN; SELECT 1; END", ["BEGIN", "SELECT 1", "END"]),
    (SQLITE, "DROP TRIGGER t; SELECT 1", ["DROP TRIGGER t", "SELECT 1"]),
    (POSTGRESQL, "\n-- first\nSELECT 1;;\n/* last */", ["SELECT 1"]),
]


@pytest.mark.parametrize(("dialect", "sql"), WHOLE, ids=[sql for _, sql in WHOLE])
def test_a_semicolon_inside_of_a_statement_does_not_end_it(dialect: Dialect, sql: str) -> None:
    found = statements(f"-- before;\n{sql}; SELECT 'after'; {sql} ;", dialect)

    said = [piece.sql for piece in found]
    assert said == [sql.rstrip(), "SELECT 'after'", sql.rstrip()]


@pytest.mark.parametrize(("dialect", "sql", "expected"), SEVERAL)
def test_statements_end_at_their_semicolons(
    dialect: Dialect, sql: str, expected: list[str]
) -> None:
    assert [piece.sql for piece in statements(sql, dialect)] == expected


def test_the_mysql_client_obeys_delimiter_lines() -> None:
    script = (
        "delimiter //\n"
        "CREATE PROCEDURE p() BEGIN SELECT 'a//b'; SELECT 2; END//\n"
        "SELECT 1 // SELECT 2\n//\n"
        "DELIMITER $$\n"
        "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET NEW.a = 1; END$$\n"
        "Delimiter ;\n"
        "SELECT 3; SELECT 4"
    )

    assert [piece.sql for piece in statements(script, MYSQL)] == [
        "CREATE PROCEDURE p() BEGIN SELECT 'a//b'; SELECT 2; END",
        "SELECT 1",
        "SELECT 2",
        "CREATE TRIGGER t BEFORE INSERT ON x FOR EACH ROW BEGIN SET NEW.a = 1; END",
        "SELECT 3",
        "SELECT 4",
    ]
    assert "".join(piece.text for piece in pieces(script, MYSQL)) == script


@pytest.mark.parametrize(
    "opening", ["'", '"', "/*", "$$", "E'\\", "(", "CREATE FUNCTION f() BEGIN"]
)
@pytest.mark.parametrize("dialect", Dialect)
def test_what_is_never_closed_goes_on_to_the_end(dialect: Dialect, opening: str) -> None:
    script = f"SELECT 1; {opening} a; b"

    found = pieces(script, dialect)

    assert found[0].sql == "SELECT 1"
    assert "".join(piece.text for piece in found) == script


# Text that is much likelier to hold what the lexers look for than any text is.
_MARKS = [
    *(
        "'",
        '"',
        "`",
        "[",
        "]",
        "$",
        "$$",
        "$a$",
        "\\",
        "/*",
        "*/",
        "/*!",
        "--",
        "#",
        ";",
        "\n",
        " ",
    ),
    *(
        "(",
        ")",
        ".",
        "1",
        "E'",
        "U&'",
        "a",
        "é",
        "\x00",
        "CREATE ",
        "FUNCTION ",
        "TRIGGER ",
        "BEGIN ",
    ),
    *("END", "CASE ", "IF ", "THEN ", "LOOP ", "ATOMIC ", "NOT ", "END;"),
]
_SCRIPTS = st.one_of(st.lists(st.sampled_from(_MARKS), max_size=30).map("".join), st.text())


@given(script=_SCRIPTS, dialect=st.sampled_from(Dialect))
def test_the_pieces_of_any_script_are_the_script(script: str, dialect: Dialect) -> None:
    assert "".join(piece.text for piece in pieces(script, dialect)) == script


@given(script=_SCRIPTS, dialect=st.sampled_from(Dialect))
def test_a_piece_cut_again_stays_one_piece(script: str, dialect: Dialect) -> None:
    for piece in pieces(script, dialect):
        again = pieces(piece.text, dialect)

        assert [(item.text, item.sql) for item in again] == [(piece.text, piece.sql)]


@given(script=_SCRIPTS, dialect=st.sampled_from(Dialect))
def test_a_statement_alone_says_the_same_as_in_its_script(script: str, dialect: Dialect) -> None:
    for piece in statements(script, dialect):
        assume(not piece.sql.endswith("-"))  # MySQL: -- begins a comment where the text ends
        alone = statements(piece.sql, dialect)

        assert [item.sql for item in alone] == [piece.sql]
        assert [part.text for part in alone[0].parts] == [part.text for part in piece.parts]
