"""Ask a PostgreSQL server why it lets nobody in.

libpq gives a text and no SQLSTATE when connecting fails, so this speaks the first messages of the
protocol itself: start up, log in, read the server's ErrorResponse.
https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP
"""

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from alembic_ci.database.failures import Cause, cause_of_code
from alembic_ci.database.scram import MECHANISM, ScramExchange, md5_answer
from alembic_ci.urls import DatabaseURL, Dialect

_PROTOCOL_3 = 196608
_SSL_REQUEST = 80877103
_DEFAULT_PORT = 5432
_SOCKET_FOLDERS = ("/var/run/postgresql", "/tmp")  # noqa: S108 - libpq's defaults


class _Request(IntEnum):
    """What the server wants of a client that logs in."""

    NOTHING = 0
    MD5 = 5
    SASL = 10
    SASL_CONTINUE = 11
    SASL_FINAL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said: *cause* is None when it let us in or asked for what we cannot do."""

    cause: Cause | None
    detail: str = ""


class _RefusedError(Exception):
    """The server's ErrorResponse."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def ask(url: DatabaseURL, *, timeout: float) -> Answer:
    """Try to log in as *url* says, without libpq, and return the reason of the refusal."""
    try:
        with _connected(url, timeout) as stream:
            _log_in(stream, url)
    except _RefusedError as refusal:
        cause = cause_of_code(Dialect.POSTGRESQL, refusal.sqlstate)
        return Answer(cause=cause, detail=f"{refusal} (SQLSTATE {refusal.sqlstate})")
    except socket.gaierror:
        return Answer(cause=Cause.UNKNOWN_HOST)
    except (ConnectionRefusedError, FileNotFoundError):
        return Answer(cause=Cause.REFUSED)
    except ssl.SSLError:
        return Answer(cause=Cause.ENCRYPTION)
    except OSError:
        return Answer(cause=Cause.SILENT)
    return Answer(cause=None)


@contextlib.contextmanager
def _connected(url: DatabaseURL, timeout: float) -> Iterator[socket.socket]:
    """Connect to the first of the URL's hosts that listens; a host may be a socket's folder."""
    *others, last = _addresses(url)
    for host, port in others:
        with contextlib.suppress(OSError):
            stream = _stream(host, port, timeout)
            break
    else:
        host, port = last
        stream = _stream(host, port, timeout)
    with stream:
        if host.startswith("/"):
            yield stream
            return
        with _encrypted(stream, dict(url.query), host) as ready:
            yield ready


def _addresses(url: DatabaseURL) -> list[tuple[str, int]]:
    listed = [value for key, value in url.query if key == "host"]
    port = url.port or int(dict(url.query).get("port") or _DEFAULT_PORT)
    if url.host:
        return [(url.host, port)]
    if not listed:
        return [(folder, port) for folder in _SOCKET_FOLDERS]
    names = [name.partition(":") for entry in listed for name in entry.split(",")]
    return [(name, int(own or port)) for name, _, own in names]


def _stream(host: str, port: int, timeout: float) -> socket.socket:
    if not host.startswith("/"):
        return socket.create_connection((host, port), timeout)
    stream = socket.socket(socket.AF_UNIX)
    stream.settimeout(timeout)
    try:
        stream.connect(f"{host}/.s.PGSQL.{port}")
    except OSError:
        stream.close()
        raise
    return stream


def _encrypted(stream: socket.socket, query: dict[str, str], host: str) -> socket.socket:
    """Encrypt when the server can; unchecked, since no secret is sent in clear text."""
    if query.get("sslmode", query.get("ssl", "")) == "disable":
        return stream
    stream.sendall(struct.pack("!II", 8, _SSL_REQUEST))
    if _read(stream, 1) != b"S":
        return stream
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(stream, server_hostname=host)


def _log_in(stream: socket.socket, url: DatabaseURL) -> None:
    user, password = url.username or "", url.password or ""
    _start_up(stream, user, url.database or user)
    scram = ScramExchange(password)
    while (message := _message(stream))[0] != b"Z":  # "ready for query": we are in
        kind, body = message
        if kind != b"R":
            continue
        match int.from_bytes(body[:4]):
            case _Request.NOTHING | _Request.SASL_FINAL:
                continue
            case _Request.MD5:
                _send(stream, md5_answer(user, password, body[4:8]) + b"\0")
            case _Request.SASL:
                first = scram.first()
                _send(stream, MECHANISM + b"\0" + struct.pack("!I", len(first)) + first)
            case _Request.SASL_CONTINUE:
                _send(stream, scram.final(body[4:]))
            case _:  # a password in clear text, Kerberos: not without libpq's checks
                return


def _start_up(stream: socket.socket, user: str, database: str) -> None:
    fields = b"\0".join(text.encode() for text in ("user", user, "database", database))
    body = struct.pack("!I", _PROTOCOL_3) + fields + b"\0\0"
    stream.sendall(struct.pack("!I", len(body) + 4) + body)


def _send(stream: socket.socket, body: bytes) -> None:
    stream.sendall(b"p" + struct.pack("!I", len(body) + 4) + body)


def _message(stream: socket.socket) -> tuple[bytes, bytes]:
    """Return the type and the body of the server's next message."""
    kind, length = _read(stream, 1), int.from_bytes(_read(stream, 4))
    body = _read(stream, length - 4)
    if kind == b"E":
        fields = {part[:1]: part[1:].decode(errors="replace") for part in body.split(b"\0")}
        raise _RefusedError(fields.get(b"C", ""), fields.get(b"M", ""))
    return kind, body


def _read(stream: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            raise ConnectionError("The server closed the connection.")
        data += more
    return data
