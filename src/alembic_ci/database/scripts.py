"""Run a whole SQL file on a scratch database, as its command-line client would."""

import contextlib
from typing import Protocol

from pymysql.constants import CLIENT
from sqlalchemy import NullPool, create_engine

from alembic_ci.database.drivers import control_arguments, control_url
from alembic_ci.database.failures import statement_failure
from alembic_ci.database.sqlite_file import connector, sqlite_path
from alembic_ci.urls import DatabaseURL, Dialect


class _Cursor(Protocol):
    def execute(self, script: str) -> object: ...
    def nextset(self) -> object: ...


def execute_script(url: DatabaseURL, script: str, *, timeout: float) -> None:
    """Run every statement of *script*; raises one of our errors at the first that fails.

    PostgreSQL and MariaDB take several statements in one go; SQLite's driver has a call of its
    own. ``DELIMITER`` is a word of the mysql client, not of the server, and does not work here.
    """
    if url.dialect is Dialect.SQLITE:
        connection = connector(sqlite_path(url), create=True)()
        with contextlib.closing(connection):
            connection.executescript(script)
        return
    arguments = dict(control_arguments(url, patience=timeout))
    if url.dialect is Dialect.MYSQL:
        arguments["client_flag"] = CLIENT.MULTI_STATEMENTS
    engine = create_engine(control_url(url), connect_args=arguments, poolclass=NullPool)
    raw = engine.raw_connection()
    try:
        cursor: _Cursor = raw.cursor()
        cursor.execute(script)
        while url.dialect is Dialect.MYSQL and cursor.nextset():
            pass
        raw.commit()
    except engine.dialect.loaded_dbapi.Error as error:
        raise statement_failure(error, url, lost=False) from error
    finally:
        raw.close()
