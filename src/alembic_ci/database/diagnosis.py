"""Find out why a driver could not connect."""

import socket
import ssl

from alembic_ci.database import handshake
from alembic_ci.database.failures import Cause, cause_of_code, error_code, first_line
from alembic_ci.database.handshake import Answer
from alembic_ci.urls import DatabaseURL, Dialect

_ASKING_TIMEOUT = 3.0  # seconds
_HOST_CODES = frozenset({"2002", "2003"})  # MySQL's client: no connection to socket, to host


def diagnosis(error: BaseException | None, url: DatabaseURL) -> Answer:
    """Return what is behind a driver's error; ask the server where the driver does not tell.

    The cause is None when the server, asked again, lets us in.
    """
    code = error_code(error)
    if url.dialect is Dialect.POSTGRESQL and not code:
        answer = handshake.ask(url, timeout=_ASKING_TIMEOUT)
        return Answer(cause=answer.cause or Cause.OTHER, detail=answer.detail or first_line(error))
    if url.dialect is Dialect.MYSQL and code in _HOST_CODES:
        return Answer(cause=_network_cause(error), detail=first_line(error))
    return Answer(cause=cause_of_code(url.dialect, code), detail=first_line(error))


def _network_cause(error: BaseException | None) -> Cause:
    """PyMySQL keeps the operating system's error beside its own."""
    match getattr(error, "original_exception", None):
        case socket.gaierror():
            return Cause.UNKNOWN_HOST
        case ssl.SSLError():
            return Cause.ENCRYPTION
        case ConnectionRefusedError() | FileNotFoundError():
            return Cause.REFUSED
        case _:
            return Cause.SILENT
