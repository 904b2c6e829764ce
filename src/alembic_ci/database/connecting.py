"""One attempt to connect, by the driver of each dialect."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from alembic_ci.database.diagnosis import diagnosis
from alembic_ci.database.drivers import (
    application_name,
    control_arguments,
    control_url,
    unlimited,
)
from alembic_ci.database.failures import Cause, Surroundings
from alembic_ci.database.refusals import connection_failure
from alembic_ci.database.sqlite_file import connector
from alembic_ci.interrupting import elsewhere
from alembic_ci.urls import DatabaseURL, Dialect

VERSION_SQL: Mapping[Dialect, str] = MappingProxyType(
    {
        Dialect.POSTGRESQL: "SHOW server_version",
        Dialect.MYSQL: "SELECT VERSION()",
        Dialect.SQLITE: "SELECT sqlite_version()",
    }
)
_SQLITE_FIRST = "PRAGMA schema_version"  # reads the file, which connecting does not


def connected(url: DatabaseURL, *, patience: float, surroundings: Surroundings) -> Connection:
    """Connect to a server in at most about *patience* seconds, or raise what is in the way."""
    engine = create_engine(
        control_url(url),
        connect_args=dict(
            control_arguments(
                url, patience=patience, application=application_name(surroundings.job)
            )
        ),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    if url.dialect is Dialect.MYSQL:
        from alembic_ci.database.unchecked_tls import (  # noqa: PLC0415 - it brings PyMySQL
            without_authorities,
        )

        without_authorities(engine)
    opened = partial(elsewhere, _opener(engine))
    return _connection(opened, url, surroundings, first=VERSION_SQL[url.dialect])


def connected_file(
    url: DatabaseURL, path: Path, *, create: bool, surroundings: Surroundings
) -> Connection:
    """Open a SQLite file; where there is none and none is to be created, an empty database."""
    engine = create_engine(
        "sqlite://",
        creator=connector(path, create=create),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
    )
    return _connection(_opener(engine), url, surroundings, first=_SQLITE_FIRST)


def _opener(engine: Engine) -> Callable[[], Connection]:
    return engine.execution_options(no_parameters=True).connect


def _connection(
    opened: Callable[[], Connection],
    url: DatabaseURL,
    surroundings: Surroundings,
    *,
    first: str,
    attempts: int = 2,
) -> Connection:
    """Connect and run a statement; try again when the server lets us in after all.

    It may have come up between the driver's attempt and our question why it failed.
    """
    try:
        connection = opened()
        connection.exec_driver_sql(first).close()
        unlimited(connection.connection.driver_connection)
    except DBAPIError as error:
        answer = diagnosis(error.orig, url)
        if answer.cause is None and attempts > 1:
            return _connection(opened, url, surroundings, first=first, attempts=attempts - 1)
        raise connection_failure(
            answer.cause or Cause.OTHER, url, detail=answer.detail, surroundings=surroundings
        ) from error
    return connection
