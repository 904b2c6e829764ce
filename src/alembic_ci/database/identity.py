"""Whether two connections are on the same database of the same server.

The tool asks over its own connection, the worker over ``env.py``'s; equal answers mean the same
place. So the SQL has no parameters, no ``:`` and no ``%`` (which some drivers would read as one),
and its values print alike with every driver and every session setting.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from alembic_ci.urls import Dialect

# PostgreSQL: the start time (to the microsecond) tells servers apart, and is the same through a
# socket, a TCP port or a connection pool. An address would not be.
_POSTGRESQL = (
    "SELECT current_database(), "
    "(SELECT CAST(oid AS text) FROM pg_catalog.pg_database WHERE datname = current_database()), "
    "to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')"
)
# MySQL has a server_uuid. MariaDB has a server_uid since 10.5.26, 10.6.19, 10.11.9, 11.4.3, hence
# the look into the list of variables. Each server reads only its own executable comment:
# https://mariadb.com/kb/en/comment-syntax/
_MYSQL = (
    "SELECT DATABASE(), @@hostname, @@port, @@datadir, @@server_id"
    " /*!50700 , @@server_uuid */"
    " /*M!100000 , (SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_VARIABLES"
    " WHERE VARIABLE_NAME = 'SERVER_UID') */"
)
# SQLite: the file with symbolic links resolved; "" for a database in memory.
_SQLITE = "SELECT file FROM pragma_database_list WHERE name = 'main'"

IDENTITY_SQL: Mapping[Dialect, str] = MappingProxyType(
    {Dialect.POSTGRESQL: _POSTGRESQL, Dialect.MYSQL: _MYSQL, Dialect.SQLITE: _SQLITE}
)


def identity(rows: Iterable[Sequence[object]]) -> tuple[str, ...]:
    """Return the answer to IDENTITY_SQL as texts, which is how answers are compared."""
    return tuple(str(value) for row in rows for value in row)


def same_database(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Tell whether two answers name one place; no answer and "" name none."""
    return bool(one) and one == other and any(one)
