"""Database servers for tests: those of TEST_POSTGRESQL_URL and TEST_MYSQL_URL, else our own."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import pytest

from alembic_ci.database.control import Control
from alembic_ci.database.leftovers import scratch_name
from alembic_ci.database.private_home import PrivateServerError
from alembic_ci.database.private_mysql import private_mysql
from alembic_ci.database.private_postgresql import private_postgresql
from alembic_ci.database.quoting import quote
from alembic_ci.database.server_databases import drop_database
from alembic_ci.urls import DatabaseURL
from real_mysql import mysql_programs, real_mysql

NO_SKIP = "ALEMBIC_CI_TESTS_NO_SKIP"

MYSQL_SERVER = os.environ.get("TEST_MYSQL_SERVER", "mariadb")
"""``mysql`` when TEST_MYSQL_URL names a MySQL server: each knows things the other does not."""

only_mariadb = pytest.mark.skipif(MYSQL_SERVER != "mariadb", reason="only MariaDB has it")

_TIMEOUT = 30.0  # seconds


def postgresql_server() -> AbstractContextManager[DatabaseURL]:
    """Yield the URL of a superuser."""
    return _server("PostgreSQL", "TEST_POSTGRESQL_URL", private_postgresql)


def mysql_server() -> AbstractContextManager[DatabaseURL]:
    """Yield the URL of an administrator."""
    return _server("MariaDB", "TEST_MYSQL_URL", private_mysql)


def real_mysql_server() -> AbstractContextManager[DatabaseURL]:
    """Yield the URL of an administrator on MySQL itself."""
    return _server("MySQL", "TEST_REAL_MYSQL_URL", real_mysql)


@contextmanager
def mysql_on_the_path() -> Iterator[str]:
    """Yield a PATH on which MySQL itself comes before MariaDB."""
    with _loudly("MySQL"), mysql_programs() as folder:
        yield os.pathsep.join((str(folder), os.environ["PATH"]))


@contextmanager
def _server(
    name: str, variable: str, private: Callable[[], AbstractContextManager[DatabaseURL]]
) -> Iterator[DatabaseURL]:
    if given := os.environ.get(variable):
        yield DatabaseURL.parse(given)
        return
    with _loudly(name), private() as url:
        yield url


@contextmanager
def _loudly(name: str) -> Iterator[None]:
    """Skip the test that asks, loudly, where there is no server; fail where none may be skipped."""
    try:
        yield
    except PrivateServerError as error:
        text = f"NOT TESTED, NO {name.upper()} SERVER: {error}"
        if os.environ.get(NO_SKIP):
            pytest.fail(text)
        pytest.skip(text)


@contextmanager
def fresh_database(admin: DatabaseURL) -> Iterator[DatabaseURL]:
    """Make an empty database on a server, and drop it after."""
    name = scratch_name(time.time())
    with Control.open(admin, timeout=_TIMEOUT) as control:
        control.execute(f"CREATE DATABASE {quote(admin.dialect, name)}")
    try:
        yield replace(admin, database=name, written="")
    finally:
        with Control.open(admin, timeout=_TIMEOUT) as control:
            drop_database(control, name)
