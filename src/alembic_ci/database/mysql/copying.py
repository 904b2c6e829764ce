"""Copy a MariaDB or MySQL database object by object, and see whether that was all there is.

The order is that of ``mysqldump``; what refers to another object in a way that the server checks
comes after it. https://mariadb.com/kb/en/show-create/
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from alembic_ci.database.control import Control, Row
from alembic_ci.database.failures import StatementError, StatementInterruptedError
from alembic_ci.database.mysql.foreign_indexes import making_statements
from alembic_ci.database.mysql.reading import Objects, beside_tables, whole_catalogue
from alembic_ci.database.mysql.server import Server
from alembic_ci.database.mysql.table_text import essence
from alembic_ci.database.quoting import quote, quoted_text
from alembic_ci.database.tracking import Query

_WRITABLE = """
SELECT c.TABLE_NAME, GROUP_CONCAT(CASE WHEN c.EXTRA NOT LIKE '%GENERATED%' OR c.EXTRA LIKE
 '%DEFAULT_GENERATED%' THEN CONCAT('`', REPLACE(c.COLUMN_NAME, '`', '``'), '`') END
 ORDER BY c.ORDINAL_POSITION SEPARATOR ', ')
FROM information_schema.COLUMNS c"""
_TABLES = f"""{_WRITABLE} JOIN information_schema.TABLES t
 ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME
WHERE t.TABLE_SCHEMA = {{name}} AND t.TABLE_TYPE = 'BASE TABLE' GROUP BY c.TABLE_NAME
"""
# Each by its name: that is looked up, while the server opens all tables for a list of names.
_TABLE = f"{_WRITABLE} WHERE c.TABLE_SCHEMA = {{name}} AND c.TABLE_NAME = {{only}}"
_SEQUENCES = """
SELECT TABLE_NAME FROM information_schema.TABLES
WHERE TABLE_SCHEMA = {name} AND TABLE_TYPE = 'SEQUENCE'
"""
_VIEWS = "SELECT 'VIEW', TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = {name}"
_ROUTINES = """
SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = {name}
"""
_TRIGGERS = """
SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS
WHERE TRIGGER_SCHEMA = {name}{only} ORDER BY ACTION_ORDER
"""
_EVENTS = """
SELECT EVENT_NAME, UNIX_TIMESTAMP(CREATED), @@event_scheduler = 'ON' AND STATUS = 'ENABLED'
FROM information_schema.EVENTS WHERE EVENT_SCHEMA = {name}
"""
_MODE = "'NO_AUTO_VALUE_ON_ZERO'"
UNCHECKED = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0, group_concat_max_len = 1048576,"
    f" sql_mode = {_MODE}"
)


class _Program(NamedTuple):
    """What SHOW CREATE says of a view, a routine, a trigger or an event."""

    sql: str
    mode: str
    collation: str
    zone: str = "SYSTEM"


def copied_database(control: Control, source: str, target: str, create: str) -> bool:
    """Make *target* with the statement *create*, a copy of *source*; tell whether it is one.

    Raises:
        StatementError: Something cannot be made again as it is.
    """
    control.execute(UNCHECKED)
    control.execute(create)
    return Copy(control, source, target).run()


class Copy:
    """One copy while it is made; the session is in *target* but for a moment."""

    def __init__(self, control: Control, source: str, target: str) -> None:
        self._control = control
        self._name = quoted_text(source)
        self._old, self._new = (quote(control.dialect, name) for name in (source, target))
        self._exact = True

    def run(self) -> bool:
        """Copy everything into an empty database; tell whether it is the same then."""
        self._enter(self._new)
        for (name,) in self._asked(_SEQUENCES):
            self._sequence(self._quoted(name))
        self._tables(self._asked(_TABLES))
        for kind, name in self._asked(_ROUTINES):
            self._make(self._shown(str(kind), name))
        self._views([self._shown(str(kind), name) for kind, name in self._asked(_VIEWS)])
        self._triggers()
        return self._events() and self._same(whole_catalogue)

    def again(self, tables: Collection[str]) -> None:
        """Copy *tables*, which are not there, with their triggers."""
        self._enter(self._new)
        names = [quoted_text(name) for name in tables]
        for only in names:
            self._tables(self._asked(_TABLE, only))
        self._triggers(f" AND EVENT_OBJECT_TABLE IN ({', '.join(names)})")

    def same_beside(self) -> bool:
        """Tell whether each table of `again` is made as it was, and all that is no table the same.

        The other tables are for the caller to compare, by their text, which decides what the
        catalogue says of them.
        """
        return self._same(beside_tables)

    def _same(self, read: Callable[[Query, Server], Objects]) -> bool:
        return self._exact and self._read(read, self._new) == self._read(read, self._old)

    def _tables(self, rows: Iterable[Row]) -> None:
        for name, columns in rows:
            self._table(self._quoted(name), str(columns))

    def _triggers(self, only: str = "") -> None:
        for kind, name in self._asked(_TRIGGERS, only):
            self._make(self._shown(str(kind), name))

    def _asked(self, sql: str, only: str = "") -> Sequence[Row]:
        return self._control.query(sql.format(name=self._name, only=only))

    def _quoted(self, name: object) -> str:
        return quote(self._control.dialect, str(name))

    def _unqualified(self, sql: str) -> str:
        return sql.replace(f"{self._old}.", "")

    def _enter(self, database: str) -> None:
        self._control.execute(f"USE {database}")

    def _sequence(self, name: str) -> None:
        self._control.execute(str(self._show("SEQUENCE", name)[1]))
        reached = f"SELECT next_not_cached_value FROM {self._old}.{name}"
        self._control.query(f"SELECT SETVAL({name}, {self._control.query(reached)[0][0]}, 0)")

    def _table(self, name: str, columns: str) -> None:
        sql = str(self._show("TABLE", name)[1])
        for statement in making_statements(self._control, f"{self._old}.{name}", sql):
            self._control.execute(self._unqualified(statement))
        self._control.execute(
            f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {self._old}.{name}"
        )
        made = str(self._control.query(f"SHOW CREATE TABLE {name}")[0][1])
        made = made.replace(f"{self._new}.", "")
        self._exact = self._exact and essence(made) == essence(self._unqualified(sql))

    def _views(self, left: list[_Program]) -> None:
        """Make views, those that stand on others in a later round."""
        while left:
            refused = list(self._refused(left))
            if len(refused) == len(left):
                self._make(left[0])
            left = refused

    def _refused(self, views: Sequence[_Program]) -> Iterator[_Program]:
        for view in views:
            try:
                self._make(view)
            except StatementInterruptedError:
                raise
            except StatementError:
                yield view

    def _events(self) -> bool:
        """Make the events as at the moment they were made; tell whether nothing runs them."""
        for name, created, runs in self._asked(_EVENTS):
            if runs:
                return False
            program = self._shown("EVENT", name)
            zone = f"time_zone = {quoted_text(program.zone)}"
            self._control.execute(f"SET SESSION timestamp = {created}, {zone}")
            self._make(program)
            self._control.execute("SET SESSION timestamp = DEFAULT, time_zone = DEFAULT")
        return True

    def _shown(self, kind: str, name: object) -> _Program:
        """Return how an object was made, in words that mean the same in any database."""
        self._enter(self._old)  # so that the server leaves out the name of the database
        row = [str(value) for value in self._show(kind, self._quoted(name))]
        self._enter(self._new)
        match kind:
            case "VIEW":
                return _Program(sql=row[1], mode="", collation=row[3])
            case "EVENT":
                return _Program(sql=row[3], mode=row[1], collation=row[5], zone=row[2])
            case _:
                return _Program(sql=row[2], mode=row[1], collation=row[4])

    def _show(self, kind: str, name: str) -> Row:
        return self._control.query(f"SHOW CREATE {kind} {self._old}.{name}")[0]

    def _make(self, program: _Program) -> None:
        """Make it in the mode and with the collation in which it was made."""
        self._control.execute(
            f"SET SESSION sql_mode = {quoted_text(program.mode)},"
            f" collation_connection = {program.collation}"
        )
        self._control.execute(self._unqualified(program.sql))
        self._control.execute(f"SET SESSION sql_mode = {_MODE}")

    def _read(self, read: Callable[[Query, Server], Objects], database: str) -> Objects:
        self._enter(database)
        return read(self._control.query, Server.ask(self._control.query))
