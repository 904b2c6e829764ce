"""The tool's own connection to a database: autocommit, and never the one that migrates."""

import contextlib
import re
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from alembic_ci.database.cancelling import cancelling
from alembic_ci.database.connecting import VERSION_SQL, connected, connected_file
from alembic_ci.database.failures import StatementError, Surroundings, statement_failure
from alembic_ci.database.identity import IDENTITY_SQL, identity
from alembic_ci.database.quoting import quote
from alembic_ci.database.sqlite_file import checked, sqlite_path
from alembic_ci.database.waiting import patiently
from alembic_ci.urls import DatabaseURL, Dialect

Row = tuple[str | int | float | bool | None, ...]

_NOWHERE = Surroundings()
_SQLITE_PATIENCE = 5.0  # seconds, for whoever has locked the file
_MYSQL_TABLE_SQL = (
    "SELECT 1 FROM information_schema.tables"
    " WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :table"
)
_SQLITE_TABLE_SQL = "SELECT 1 FROM sqlite_master WHERE lower(name) = lower(:table)"


class Control:
    """One connection, used by one thread.

    ``server`` is product and version in words, ``version`` its numbers to compare with.
    """

    def __init__(self, url: DatabaseURL, connection: Connection) -> None:
        self._url = url
        self._connection = connection
        self.dialect = url.dialect
        self.server = _server(url.dialect, str(self.query(VERSION_SQL[url.dialect])[0][0]))
        self.version = tuple(int(number) for number in re.findall(r"\d+", self.server))

    @classmethod
    def open(
        cls, url: DatabaseURL, *, timeout: float, surroundings: Surroundings = _NOWHERE
    ) -> "Control":
        """Connect; wait up to *timeout* seconds for a server that does not answer yet.

        A SQLite file that does not exist is an empty database, and is not created by looking.

        Raises:
            DatabaseUnreachableError: no answer in time.
            DatabaseAccessError: wrong password, unknown database, no folder for the file.
        """
        if url.dialect is Dialect.SQLITE:
            path = checked(sqlite_path(url), url)
            return patiently(lambda _: SQLiteControl(url, path, surroundings), timeout=timeout)
        return patiently(
            lambda left: cls(url, connected(url, patience=left, surroundings=surroundings)),
            timeout=timeout,
        )

    def query(self, sql: str) -> list[Row]:
        """Run one statement as it stands (``%`` and ``:`` mean nothing) and return its rows."""
        return self._run(sql)

    def execute(self, sql: str) -> None:
        """Run one statement as it stands; it is committed at once."""
        self._run(sql)

    def identity(self) -> tuple[str, ...]:
        """Return the server's answer to "which database is this", to compare with another's."""
        return identity(self.query(IDENTITY_SQL[self.dialect]))

    def announced_session(self) -> int | None:
        """Return the session's number as the other end of a libpq connection announced it."""
        driver = self._connection.connection.driver_connection
        number = getattr(getattr(driver, "info", None), "backend_pid", None)
        return number if isinstance(number, int) else None

    def version_rows(self, table: str, schema: str | None) -> tuple[str, ...] | None:
        """Return the revisions in Alembic's version table, sorted; None when there is no table."""
        name = ".".join(quote(self.dialect, part) for part in (schema, table) if part)
        if not self._has_table(table, schema, name):
            return None
        rows = self.query(f"SELECT version_num FROM {name}")
        return tuple(sorted(str(row[0]) for row in rows))

    def give_up_on_locks(self, seconds: int) -> None:
        """Wait for locks no longer than *seconds*; SQLite never waits long anyway."""
        match self.dialect:
            case Dialect.POSTGRESQL:
                self.execute(f"SET lock_timeout = '{seconds}s'")
            case Dialect.MYSQL:
                self.execute(f"SET lock_wait_timeout = {seconds}")
            case Dialect.SQLITE:
                pass

    def close(self) -> None:
        """End the connection; one that is lost already has nothing left to undo."""
        with contextlib.suppress(DBAPIError):
            self._connection.close()

    def __enter__(self) -> Self:
        """Use it in a ``with`` block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _has_table(self, table: str, schema: str | None, name: str) -> bool:
        match self.dialect:
            case Dialect.POSTGRESQL:
                found = self._look_up("SELECT to_regclass(:name) IS NOT NULL", name=name)
            case Dialect.MYSQL:
                found = self._look_up(_MYSQL_TABLE_SQL, table=table, schema=schema)
            case Dialect.SQLITE:
                main = schema in {None, "main"}
                found = self._look_up(_SQLITE_TABLE_SQL, table=table) if main else []
        return found == [(True,)]

    def _run(self, sql: str) -> list[Row]:
        try:
            with cancelling(self._connection.connection, self._url, sql):
                result = self._connection.exec_driver_sql(sql)
            return [tuple(row) for row in result] if result.returns_rows else []
        except DBAPIError as error:
            raise self._failure(error) from error

    def _look_up(self, sql: str, **values: str | None) -> list[Row]:
        try:
            with cancelling(self._connection.connection, self._url, sql):
                result = self._connection.execute(text(sql), values)
            return [tuple(row) for row in result]
        except DBAPIError as error:
            raise self._failure(error) from error

    def _failure(self, error: DBAPIError) -> StatementError:
        return statement_failure(error.orig, self._url, lost=error.connection_invalidated)


class SQLiteControl(Control):
    """A control connection to a file that may appear later, when a migration makes it."""

    def __init__(self, url: DatabaseURL, path: Path, surroundings: Surroundings) -> None:
        self._path = path
        self._absent = not path.exists()
        self._surroundings = surroundings
        super().__init__(url, connected_file(url, path, create=False, surroundings=surroundings))

    def execute(self, sql: str) -> None:
        """Run one statement, which makes the file if there is none."""
        self._reopen(create=True)
        super().execute(sql)

    def _run(self, sql: str) -> list[Row]:
        self._reopen(create=False)
        run = super()._run
        return patiently(lambda _: run(sql), timeout=_SQLITE_PATIENCE)

    def _look_up(self, sql: str, **values: str | None) -> list[Row]:
        self._reopen(create=False)
        look_up = super()._look_up
        return patiently(lambda _: look_up(sql, **values), timeout=_SQLITE_PATIENCE)

    def _reopen(self, *, create: bool) -> None:
        if self._absent and (create or self._path.exists()):
            self.close()
            self._absent = False
            self._connection = connected_file(
                self._url, self._path, create=create, surroundings=self._surroundings
            )


def _server(dialect: Dialect, version: str) -> str:
    number = re.match(r"[\d.]+", version)
    match dialect:
        case Dialect.POSTGRESQL:
            product = "PostgreSQL"
        case Dialect.MYSQL:
            product = "MariaDB" if "mariadb" in version.lower() else "MySQL"
        case Dialect.SQLITE:
            product = "SQLite"
    return f"{product} {number[0]}" if number else f"{product} {version}"
