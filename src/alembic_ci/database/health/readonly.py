"""Whether a server takes writes at all: replicas and read-only modes."""

from alembic_ci.database.control import Control
from alembic_ci.database.failures import StatementError
from alembic_ci.urls import Dialect

_SQL = {
    Dialect.POSTGRESQL: "SELECT pg_catalog.pg_is_in_recovery(),"
    " pg_catalog.current_setting('default_transaction_read_only') = 'on'",
    Dialect.MYSQL: "SELECT @@global.read_only, 0",
}


def why_read_only(control: Control) -> str:
    """Return why nothing can be written, ``""`` when it can as far as the server says."""
    sql = _SQL.get(control.dialect)
    if sql is None:
        return ""
    try:
        replica, by_default = control.query(sql)[0]
    except StatementError:
        return ""
    if replica and control.dialect is Dialect.POSTGRESQL:
        return "it is a standby that follows another server"
    if replica:
        return "the server is set to read_only, as replicas are"
    return "its transactions are read-only by default (default_transaction_read_only)" * bool(
        by_default
    )
