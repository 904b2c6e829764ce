"""Time-outs and a name for every session that env.py and the revisions open.

They are set by events of SQLAlchemy's engines, so env.py stays as it is. A session that has a
time-out of its own keeps it, unless the tool was told otherwise.
"""

from __future__ import annotations

import contextlib
import math
import re
from typing import Any, List, Optional, Tuple

from sqlalchemy import event
from sqlalchemy.engine import Engine

from .protocol import Message

_CONCURRENTLY = re.compile(r"\bconcurrently\b", re.IGNORECASE)
_REFRESH = re.compile(r"\brefresh\s+materialized\b", re.IGNORECASE)
_LIFT = "SELECT set_config('lock_timeout', '0', false), set_config('statement_timeout', '0', false)"
_SET = (
    "SELECT set_config(name, value, false) FROM (VALUES ?) AS wanted (name, value, kept)"
    " WHERE NOT kept"
)
_TIMEOUTS = "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"


class Sessions:
    """What the tool wants of sessions.

    *wanted* has the keys lock_timeout and statement_timeout (seconds, None for none), overriding
    (a session's own lock time-out), durable (whether commits wait for the disk) and application.
    """

    def __init__(self, wanted: Message) -> None:
        self._wanted = wanted
        self._lifted: Optional[Tuple[Any, Tuple[str, str]]] = None

    def listen(self) -> None:
        """Listen on every engine of the process."""
        event.listen(Engine, "engine_connect", self._connected)
        event.listen(Engine, "before_cursor_execute", self._before)
        event.listen(Engine, "after_cursor_execute", self._after)
        event.listen(Engine, "handle_error", self._failed)

    def _connected(self, connection: Any, *_: Any) -> None:
        """Set what is wanted through the driver's cursor, which begins no transaction of env.py's.

        A connection that is in the middle of one already was set before.
        """
        if connection.in_transaction():
            return
        statement = self._statement(connection.dialect.name)
        if statement:
            _run(connection, statement)
            connection.dialect.do_commit(connection.connection)

    def _statement(self, dialect: str) -> str:
        if dialect == "postgresql":
            return self._postgresql()
        if dialect in ("mysql", "mariadb"):
            return self._mysql()
        seconds = self._wanted["lock_timeout"]
        if dialect == "sqlite" and seconds is not None and self._wanted["overriding"]:
            return "PRAGMA busy_timeout = " + _milliseconds(seconds)
        return ""

    def _postgresql(self) -> str:
        """One statement sets all of them, each only where the session has none of its own."""
        lock, statement = self._wanted["lock_timeout"], self._wanted["statement_timeout"]
        kept = "false" if self._wanted["overriding"] else "current_setting('lock_timeout') <> '0'"
        rows: List[str] = []
        if lock is not None:
            rows.append("('lock_timeout', '" + _milliseconds(lock) + "', " + kept + ")")
        if statement is not None:
            rows.append("('statement_timeout', '" + _milliseconds(statement) + "', false)")
        if not self._wanted["durable"]:
            rows.append("('synchronous_commit', 'off', false)")
        name = re.sub(r"[^\w./:#= -]", "_", self._wanted["application"], flags=re.ASCII)
        rows.append(
            "('application_name', '" + name + "', current_setting('application_name') <> '')"
        )
        return _SET.replace("?", ", ".join(rows))

    def _mysql(self) -> str:
        lock, statement = self._wanted["lock_timeout"], self._wanted["statement_timeout"]
        parts: List[str] = []
        for name in ("lock_wait_timeout", "innodb_lock_wait_timeout") if lock is not None else ():
            seconds = str(max(1, math.ceil(lock)))
            own, usual = "@@session." + name, "@@global." + name
            # MySQL takes no DECIMAL here, which its IF() of a signed and an unsigned number is.
            value = (
                "CAST(IF(" + own + " = " + usual + ", " + seconds + ", " + own + ") AS UNSIGNED)"
            )
            parts.append("SESSION " + name + " = " + (seconds if self._overriding else value))
        if statement is not None:
            # Each server reads only its own executable comment; MySQL's limits SELECT alone.
            # https://mariadb.com/kb/en/comment-syntax/
            parts.append(
                "SESSION sql_mode = @@session.sql_mode"
                " /*M!100100 , SESSION max_statement_time = "
                + repr(float(statement))
                + " */"
                + " /*!50708 , SESSION max_execution_time = "
                + _milliseconds(statement)
                + " */"
            )
        return "SET " + ", ".join(parts) if parts else ""

    @property
    def _overriding(self) -> bool:
        return bool(self._wanted["overriding"])

    def _before(self, connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """Give what works CONCURRENTLY all the time it needs: a time-out leaves an INVALID index.

        https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY
        """
        self._restore()
        if connection.dialect.name != "postgresql" or not _CONCURRENTLY.search(statement):
            return
        if not _REFRESH.search(statement):
            lock, whole = _run(connection, _TIMEOUTS)
            _run(connection, _LIFT)
            self._lifted = (connection, (lock, whole))

    def _after(self, *_: Any) -> None:
        self._restore()

    def _failed(self, _context: Any) -> None:
        self._restore()

    def _restore(self) -> None:
        if self._lifted is None:
            return
        (connection, (lock, whole)), self._lifted = self._lifted, None
        with contextlib.suppress(Exception):  # the session may be gone, or its transaction failed
            _run(
                connection,
                "SELECT set_config('lock_timeout', '" + lock + "', false),"
                " set_config('statement_timeout', '" + whole + "', false)",
            )


def _milliseconds(seconds: float) -> str:
    return str(max(1, math.ceil(seconds * 1000)))


def _run(connection: Any, statement: str) -> Any:
    """Run one statement on the driver's own cursor, and return its first row."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None
    finally:
        cursor.close()
