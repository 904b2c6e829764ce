"""Run a whole SQL file on a scratch database, as its command-line client would."""

import contextlib
import sqlite3
from typing import Protocol

from pymysql.constants import CLIENT
from sqlalchemy import Engine, NullPool, PoolProxiedConnection, create_engine

from alembic_ci.database.cancelling import cancelling
from alembic_ci.database.drivers import control_arguments, control_url, unlimited
from alembic_ci.database.failures import statement_failure
from alembic_ci.database.sqlite_file import connector, sqlite_path
from alembic_ci.urls import DatabaseURL, Dialect


class _Cursor(Protocol):
    def execute(self, script: str) -> object: ...
    def nextset(self) -> object: ...


def execute_script(url: DatabaseURL, script: str, *, timeout: float) -> None:
    """Run every statement of *script*; raises StatementError at the first that fails.

    PostgreSQL and MariaDB take several statements in one go; SQLite's driver has a call of its
    own. ``DELIMITER`` is a word of the mysql client, not of the server, and does not work here.
    """
    engine = _engine(url, timeout)
    try:
        raw = engine.raw_connection()
        with contextlib.closing(raw):
            unlimited(raw.driver_connection)
            with cancelling(raw, url, script):
                _execute(raw, url.dialect, script)
            raw.commit()
    except engine.dialect.loaded_dbapi.Error as error:
        raise statement_failure(error, url, lost=False) from error


def _engine(url: DatabaseURL, timeout: float) -> Engine:
    if url.dialect is Dialect.SQLITE:
        opened = connector(sqlite_path(url), create=True)
        return create_engine("sqlite://", creator=opened, poolclass=NullPool)
    arguments = dict(control_arguments(url, patience=timeout))
    if url.dialect is Dialect.MYSQL:
        arguments["client_flag"] = CLIENT.MULTI_STATEMENTS
    return create_engine(control_url(url), connect_args=arguments, poolclass=NullPool)


def _execute(raw: PoolProxiedConnection, dialect: Dialect, script: str) -> None:
    cursor: _Cursor = raw.cursor()
    if isinstance(cursor, sqlite3.Cursor):
        cursor.executescript(script)
        return
    cursor.execute(script)
    while dialect is Dialect.MYSQL and cursor.nextset():
        pass
