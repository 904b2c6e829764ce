"""What is no difference on MariaDB and MySQL, and how the tracker follows a walk."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.mysql import MySQLTracker
from alembic_ci.database.tracking import Value
from alembic_ci.delta import Delta, ObjectKey
from alembic_ci.urls import DatabaseURL
from planted import statements

pytestmark = pytest.mark.mysql

SCHEMA = """
CREATE TABLE parents (id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b VARCHAR(9))
  ENGINE=InnoDB;
CREATE TABLE children (id INT PRIMARY KEY, p INT, c INT,
  CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES parents (id)) ENGINE=InnoDB;
CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)
"""


class Counted:
    """The tool's connection, with every query noted."""

    def __init__(self, control: Control) -> None:
        self.control = control
        self.asked: list[str] = []

    def query(self, sql: str) -> Sequence[Sequence[Value]]:
        self.asked.append(sql)
        return self.control.query(sql)

    def run(self, text: str) -> tuple[str, ...]:
        for statement in statements(text):
            self.control.execute(statement)
        return statements(text)


@pytest.fixture
def database(mysql_url: DatabaseURL) -> Iterator[Counted]:
    """A database with a parent and a child."""
    with Control.open(mysql_url, timeout=30) as control:
        counted = Counted(control)
        counted.run(SCHEMA)
        yield counted


@pytest.fixture
def tracker(database: Counted) -> MySQLTracker:
    """A tracker that has read the database."""
    tracker = MySQLTracker(database.query)
    tracker.start()
    database.asked.clear()
    return tracker


Step = Callable[[str], Delta]


@pytest.fixture
def step(database: Counted, tracker: MySQLTracker) -> Step:
    """Run statements and advance with a hint."""

    def advance(text: str) -> Delta:
        tracker.touched(database.run(text))
        return tracker.advance()

    return advance


SAME = {
    "display widths": ("t (a INT(5), b BIGINT(20) UNSIGNED)", "t (a INT, b BIGINT UNSIGNED)"),
    "default NULL": ("t (a INT DEFAULT NULL)", "t (a INT)"),
    "nothing and RESTRICT": (
        "t (p INT, FOREIGN KEY (p) REFERENCES parents (id))",
        "t (p INT, FOREIGN KEY (p) REFERENCES parents (id) ON DELETE RESTRICT)",
    ),
    "NO ACTION and RESTRICT": (
        "t (p INT, FOREIGN KEY (p) REFERENCES parents (id) ON DELETE NO ACTION)",
        "t (p INT, FOREIGN KEY (p) REFERENCES parents (id) ON DELETE RESTRICT)",
    ),
    "automatic names of foreign keys": (
        (
            "t (p INT, q INT, FOREIGN KEY (p) REFERENCES parents (id),"
            " FOREIGN KEY (q) REFERENCES parents (id))"
        ),
        (
            "t (p INT, q INT, FOREIGN KEY (q) REFERENCES parents (id),"
            " FOREIGN KEY (p) REFERENCES parents (id))"
        ),
    ),
    "automatic names of checks": (
        "t (a INT, b INT, CHECK (a > 1), CHECK (b > 2))",
        "t (a INT, b INT, CHECK (b > 2), CHECK (a > 1))",
    ),
    "order of indexes": (
        "t (a INT, b INT, KEY x (a), KEY y (b))",
        "t (a INT, b INT, KEY y (b), KEY x (a))",
    ),
    "old name of utf8mb3": ("t (a TEXT CHARACTER SET utf8)", "t (a TEXT CHARACTER SET utf8mb3)"),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME)
def test_tables_that_mean_the_same_are_the_same(one: str, other: str, step: Step) -> None:
    step(f"CREATE TABLE {one}")

    assert not step(f"DROP TABLE t; CREATE TABLE {other}")


NOTHING = {
    "counters of auto_increment": "INSERT INTO parents (a) VALUES (1); ALTER TABLE parents"
    " AUTO_INCREMENT = 50",
    "statistics": "INSERT INTO parents (a) VALUES (1); ANALYZE TABLE parents",
    "rows": "INSERT INTO parents (a) VALUES (1); TRUNCATE TABLE children",
    "the version table": "DROP TABLE alembic_version;"
    "CREATE TABLE alembic_version (x INT, KEY (x));"
    "ALTER TABLE alembic_version ADD y INT",
    "a default that came and went": "ALTER TABLE parents ALTER b SET DEFAULT 'x';"
    "ALTER TABLE parents ALTER b DROP DEFAULT",
    "a column that came and went": "ALTER TABLE parents ADD y INT; ALTER TABLE parents DROP y",
    "names that changed and changed back": "RENAME TABLE parents TO elders;"
    "ALTER TABLE elders CHANGE id number INT AUTO_INCREMENT;"
    "ALTER TABLE elders CHANGE number id INT AUTO_INCREMENT; RENAME TABLE elders TO parents",
    "a temporary table": "CREATE TEMPORARY TABLE t (a INT)",
    "the key's own index named anew": "ALTER TABLE children DROP FOREIGN KEY fk_p, DROP INDEX fk_p;"
    "ALTER TABLE children ADD INDEX p (p); ALTER TABLE children"
    " ADD CONSTRAINT fk_p FOREIGN KEY (p) REFERENCES parents (id)",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_what_does_not_matter_is_no_difference(
    text: str, step: Step, tracker: MySQLTracker
) -> None:
    assert not step(text)
    assert not tracker.resync()


def test_the_start_of_an_event_is_the_moment_it_was_made(step: Step, database: Counted) -> None:
    step("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1; DO SLEEP(1.1)")

    assert not step("DROP EVENT e; CREATE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SELECT 1")
    assert database.asked


def test_data_costs_no_query(step: Step, database: Counted) -> None:
    step("INSERT INTO parents (a) VALUES (1)")

    assert not database.asked


def test_a_table_seen_before_costs_two_queries(step: Step, database: Counted) -> None:
    up, down = "ALTER TABLE parents ADD x INT", "ALTER TABLE parents DROP x"
    step(up)
    step(down)
    database.asked.clear()

    assert step(up)
    assert len(database.asked) == 2


def test_only_the_named_tables_are_read(step: Step, database: Counted) -> None:
    database.asked.clear()

    step("ALTER TABLE parents ADD x INT")

    assert not [sql for sql in database.asked if "children" in sql]


def test_without_a_hint_everything_is_read(database: Counted, tracker: MySQLTracker) -> None:
    database.run("ALTER TABLE parents ADD x INT")

    assert ObjectKey("column", "parents", "x") in tracker.advance().changes


def test_children_follow_a_renamed_parent(step: Step, tracker: MySQLTracker) -> None:
    delta = step("RENAME TABLE parents TO elders")

    assert delta.changes[ObjectKey("foreign key", "children", "fk_p")].after
    assert tracker.state[ObjectKey("foreign key", "children", "fk_p")]["references"] == "elders(id)"
    assert not tracker.resync()


def test_triggers_go_with_their_table(step: Step, tracker: MySQLTracker) -> None:
    step("CREATE TRIGGER t AFTER INSERT ON children FOR EACH ROW SET @x = 1")

    delta = step("DROP TABLE children")

    assert ObjectKey("trigger", "children", "t") in delta.changes
    assert not tracker.resync()


def test_a_step_that_was_undone_is_seen_again(step: Step, tracker: MySQLTracker) -> None:
    before = dict(tracker.state)
    delta = step("CREATE TABLE t (a INT)")

    tracker.undo(delta)

    assert tracker.state == before
    tracker.touched([])
    assert tracker.advance() == delta


def test_the_number_of_queries_does_not_depend_on_the_number_of_tables(
    database: Counted, tracker: MySQLTracker
) -> None:
    tracker.resync()
    few = len(database.asked)
    for number in range(30):
        database.run(f"CREATE TABLE t{number} (id INT PRIMARY KEY, KEY k (id), CHECK (id > 0))")
    database.asked.clear()

    tracker.resync()

    assert len(database.asked) == few


def test_awkward_names_are_read_like_others(step: Step, tracker: MySQLTracker) -> None:
    delta = step(
        "CREATE TABLE `it's a \\ ``table``%s :x` (`a b` INT COMMENT 'it''s', KEY `k'` (`a b`))"
    )

    assert ObjectKey("column", "it's a \\ `table`%s :x", "a b") in delta.changes
    assert not tracker.resync()


def test_tables_that_differ_in_case_only_are_two(step: Step, tracker: MySQLTracker) -> None:
    step("CREATE TABLE Parents (x INT)")
    step("ALTER TABLE Parents ADD y INT")

    assert not tracker.resync()


def test_keys_without_names_do_not_hide_each_other(step: Step, tracker: MySQLTracker) -> None:
    key = "FOREIGN KEY (p) REFERENCES"
    step("CREATE TABLE elders (id INT PRIMARY KEY)")
    checks = "CHECK (p > 1), CHECK (p > 1)"
    step(f"CREATE TABLE t (p INT, {key} parents (id), {key} elders (id), {checks})")

    names = [key.name for key in tracker.state if key.parent == "t"]

    assert {"(p)", "(p) 2"} <= set(names)
    assert len([name for name in names if ">" in name]) == 2
    assert not tracker.resync()


def test_a_view_whose_table_is_gone_is_still_there(step: Step, tracker: MySQLTracker) -> None:
    step("CREATE VIEW v AS SELECT c FROM children")
    before = tracker.state[ObjectKey("view", "", "v")]

    step("ALTER TABLE children DROP COLUMN c")
    step("ALTER TABLE children ADD v INT")

    assert tracker.state[ObjectKey("view", "", "v")] == before
    assert not tracker.resync()
