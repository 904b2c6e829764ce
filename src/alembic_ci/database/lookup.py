"""Run a query that a user wrote, and let it change nothing."""

from alembic_ci.database.control import Control, Row
from alembic_ci.urls import Dialect

# https://www.postgresql.org/docs/current/sql-set-transaction.html,
# https://mariadb.com/kb/en/set-transaction/, https://www.sqlite.org/pragma.html#pragma_query_only
_READ_ONLY = {
    Dialect.POSTGRESQL: "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    Dialect.MYSQL: "SET SESSION TRANSACTION READ ONLY",
    Dialect.SQLITE: "PRAGMA query_only = ON",
}


def looked_up(control: Control, sql: str) -> list[Row]:
    """Return the rows of *sql*; from here on the connection can only read.

    Raises:
        StatementError: The server refuses it.
    """
    control.query(_READ_ONLY[control.dialect])
    return control.query(sql)
