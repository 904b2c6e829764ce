"""Which ALGORITHM and LOCK a change of a table needs, tried on empty copies of the tables.

MariaDB and MySQL refuse at once what an algorithm cannot do, so the cheapest that is not refused is
the answer. The copies are in a database of their own and have the structure that the tables had
before the revision; its statements are tried in their order, so that each finds what the earlier
ones made. https://mariadb.com/kb/en/innodb-online-ddl-overview/ and
https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl.html
"""

import contextlib
import re
from collections.abc import Callable, Iterable

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.database.quoting import quote
from alembic_ci.model import Blocks, Lock
from alembic_ci.statements import Action, Measured, Piece, actions, statements
from alembic_ci.urls import Dialect

# ER_ALTER_OPERATION_NOT_SUPPORTED, the same with a reason, and ER_UNKNOWN_ALTER_ALGORITHM, for
# MySQL knows no NOCOPY: https://mariadb.com/kb/en/mariadb-error-codes/
_NOT_THIS_WAY = frozenset(["1845", "1846", "1800"])
_NEXT = re.compile(r"(\n\) ENGINE=\w+) AUTO_INCREMENT=\d+")
_WAYS = (
    ("INSTANT", "DEFAULT"),
    ("NOCOPY", "NONE"),
    ("INPLACE", "NONE"),
    ("INPLACE", "SHARED"),
    ("COPY", "SHARED"),
)


class Rehearsal:
    """Copies of tables of the database of *control*, made on *stage*, an empty one.

    A copy stays as long as the statements that were tried on it make of it what the revisions made
    of the table.
    """

    def __init__(self, control: Callable[[], Control], stage: Callable[[], Control]) -> None:
        self._control = control
        self._open = stage
        self._stage: Control | None = None
        self._copies: set[str] = set()

    def prepare(self, tables: Iterable[str]) -> None:
        """Have copies of the structure of *tables*, those that exist, for the next revision."""
        self._copies.clear()
        for table in sorted(tables):
            name = quote(Dialect.MYSQL, table)
            with contextlib.suppress(StatementError):  # it is new, or refers to what is not copied
                sql = _structure(self._control(), name)
                if sql:
                    self._copy(name, sql)
                    self._copies.add(table)

    def _copy(self, name: str, sql: str) -> None:
        stage = self._on_stage()
        with contextlib.suppress(StatementError):  # nothing is there
            if _structure(stage, name) == sql:
                return
        stage.execute(f"DROP TABLE IF EXISTS {name}")
        stage.execute(sql)

    def measured(self, sql: str) -> Measured | None:
        """Try one text of the revision; None where it changes no copied table, or has no choice."""
        if not self._copies:
            return None
        found = statements(sql, Dialect.MYSQL)
        did = actions(found[0].parts, Dialect.MYSQL) if len(found) == 1 else ()
        if not did or did[0].object not in self._copies:
            return None
        form = _form(found[0], did)
        if form:
            return self._tried(form, did)
        with contextlib.suppress(StatementError):
            self._on_stage().execute(sql)  # so that the copy stays as the table is
        return None

    def _tried(self, form: str, did: tuple[Action, ...]) -> Measured | None:
        # Only with foreign_key_checks = 0, as here and not in a revision, is it made in place.
        copied = any(action.kind == "add foreign key" for action in did)
        comma = form[-2:] if form.endswith(", ") else " "
        for algorithm, lock in _WAYS[-1:] if copied else _WAYS:
            try:
                self._on_stage().execute(f"{form}ALGORITHM={algorithm}{comma}LOCK={lock}")
            except StatementError as error:
                if error.code not in _NOT_THIS_WAY:
                    return None
                continue
            return _measured(did[0].object, algorithm, lock)
        return None

    def _on_stage(self) -> Control:
        if self._stage is None:
            self._stage = self._open()
            self._stage.execute("SET foreign_key_checks = 0")
        return self._stage


def _structure(control: Control, name: str) -> str:
    """Return the statement that makes a table, but for the number of its next row, or ``""``."""
    sql = str(control.query(f"SHOW CREATE TABLE {name}")[0][1])
    return _NEXT.sub(r"\1", sql) if sql.startswith("CREATE TABLE") else ""


def _measured(table: str, algorithm: str, lock: str) -> Measured:
    locks = (Lock(object=table, mode=lock, blocks=Blocks.WRITES),) if lock == "SHARED" else ()
    return Measured(
        locks=locks, rewrites=(table,) if algorithm == "COPY" else (), algorithm=algorithm
    )


def _form(piece: Piece, did: tuple[Action, ...]) -> str:
    """Return the statement up to where ALGORITHM and LOCK go; empty if it has or takes none."""
    words = [part.word for part in piece.parts]
    if "ALGORITHM" in words or "PARTITION" in words:
        return ""
    if words[:2] == ["ALTER", "TABLE"]:
        return f"{piece.sql}, "
    table = quote(Dialect.MYSQL, did[0].object)
    index = quote(Dialect.MYSQL, next(iter(did[0].parts), ""))
    if did[0].kind == "drop index":
        return f"ALTER TABLE {table} DROP INDEX {index}, "
    if did[0].kind == "create index":
        return f"{piece.sql} "
    return ""
