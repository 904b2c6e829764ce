"""How the tool itself connects: one driver a dialect, whatever driver the project's URL names."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from sqlalchemy import URL

from alembic_ci.urls import DatabaseURL, Dialect

APPLICATION_NAME = "alembic-ci"
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

Argument = str | int | float | bool | bytes | dict[str, str | bool]

_LONGEST_NAME = 63  # characters that PostgreSQL keeps
_SHORTEST_WAIT = 2  # seconds; libpq takes 1 for 2
_LIBPQ = frozenset(
    {
        "channel_binding", "gssencmode", "host", "hostaddr", "krbsrvname", "load_balance_hosts",
        "options", "passfile", "port", "requirepeer", "require_auth", "service",
        "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcert", "sslcertmode",
        "sslcrl", "sslcrldir", "sslkey", "sslmode", "sslnegotiation", "sslpassword",
        "sslrootcert", "sslsni", "target_session_attrs",
    }
)  # fmt: skip
_PYMYSQL = frozenset({"init_command", "read_default_file", "read_default_group", "unix_socket"})
# What a project's URL may say about sessions, not about the way to the server.
_HARMLESS = frozenset(
    {
        "charset", "client_encoding", "init_command", "local_infile", "options",
        "prepared_statement_cache_size", "prepared_statement_name_func", "prepare_threshold",
        "sql_mode", "statement_cache_size", "timeout", "use_unicode",
    }
)  # fmt: skip
_CERTIFICATES = ("ca", "capath", "cert", "cipher", "key")
_CHECKS_HOST_NAMES = frozenset({"pymysql", "aiomysql", "asyncmy"})


def control_url(url: DatabaseURL) -> URL:
    """Return the URL of the tool's own connection; query arguments of other drivers are left out.

    Raises:
        ValueError: for SQLite, which is opened by file (see ``sqlite_file``) and not by URL.
    """
    match url.dialect:
        case Dialect.POSTGRESQL:
            return _url("postgresql+psycopg2", url, _libpq_query(url.query))
        case Dialect.MYSQL:
            return _url("mysql+pymysql", url, _kept(url.query, _PYMYSQL))
        case Dialect.SQLITE:
            raise ValueError("SQLite is opened by file.")


def application_name(job: str) -> str:
    """Return how servers show our sessions: with as much of the CI job's address as they keep."""
    if not job:
        return APPLICATION_NAME
    room = _LONGEST_NAME - len(APPLICATION_NAME) - 1
    return f"{APPLICATION_NAME} {job if len(job) <= room else f'...{job[3 - room :]}'}"


def control_arguments(
    url: DatabaseURL, *, patience: float, application: str = APPLICATION_NAME
) -> Mapping[str, Argument]:
    """Return what the driver's ``connect`` needs beside the URL; *patience* is in seconds."""
    wait = max(_SHORTEST_WAIT, math.ceil(patience))
    if url.dialect is Dialect.POSTGRESQL:
        return MappingProxyType(
            {
                "application_name": application,
                "client_encoding": "utf8",
                "connect_timeout": wait,
            }
        )
    return MappingProxyType(
        {
            "program_name": application,
            "connect_timeout": wait,
            "read_timeout": wait,  # the greeting's; see ``unlimited``
            # A str would be sent as Latin-1, other clients send UTF-8.
            "password": (url.password or "").encode(),
            **_pymysql_tls(dict(url.query), url.drivername),
        }
    )


def unlimited(driver_connection: object) -> None:
    """Let statements take as long as they need, now that the server has answered.

    PyMySQL has one limit for the server's greeting and for every statement, and no public way to
    lift it: https://github.com/PyMySQL/PyMySQL/blob/main/pymysql/connections.py
    """
    if hasattr(driver_connection, "_read_timeout"):
        driver_connection._read_timeout = None  # noqa: SLF001


def harmless_query(url: DatabaseURL) -> tuple[tuple[str, str], ...]:
    """Return the query arguments that are right for any server of the dialect."""
    return tuple((name, value) for name, value in url.query if name in _HARMLESS)


def translated_query(url: DatabaseURL, drivername: str) -> tuple[tuple[str, str], ...]:
    """Return *url*'s query for another driver; libpq's ``sslmode`` is ``ssl`` with asyncpg."""
    wanted = "ssl" if drivername.endswith("+asyncpg") else "sslmode"
    if url.dialect is not Dialect.POSTGRESQL:
        return url.query
    return tuple(
        (wanted if name in {"ssl", "sslmode"} else name, value) for name, value in url.query
    )


def _url(drivername: str, url: DatabaseURL, query: Mapping[str, tuple[str, ...]]) -> URL:
    return URL.create(
        drivername,
        username=url.username,
        password=url.password,
        host=url.host,
        port=url.port,
        database=url.database,
        # SQLAlchemy hands a tuple of one to the driver as a tuple.
        query={name: value[0] if len(value) == 1 else value for name, value in query.items()},
    )


def _kept(query: tuple[tuple[str, str], ...], names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    kept: dict[str, tuple[str, ...]] = {}
    for name, value in query:
        if name in names:
            kept[name] = (*kept.get(name, ()), value)
    return kept


def _libpq_query(query: tuple[tuple[str, str], ...]) -> dict[str, tuple[str, ...]]:
    """Keep what libpq knows; asyncpg says ``ssl`` for ``sslmode``."""
    kept = _kept(query, _LIBPQ)
    ssl = dict(query).get("ssl", "")
    if ssl in SSL_MODES and "sslmode" not in kept:
        kept["sslmode"] = (ssl,)
    return kept


def _pymysql_tls(query: Mapping[str, str], drivername: str) -> dict[str, Argument]:
    """Say in PyMySQL's words how the URL's driver would encrypt; nothing said means "if it can".

    mysqlclient and the connectors check host names only when asked to (``ssl_mode`` or
    ``ssl_verify_identity``), the others whenever they have a certificate authority.
    """
    mode = query.get("ssl_mode", "").upper()
    if mode == "DISABLED" or _true(query.get("ssl_disabled", "")):
        return {"ssl_disabled": True}
    tls: dict[str, str | bool] = {
        name: query[f"ssl_{name}"] for name in _CERTIFICATES if f"ssl_{name}" in query
    }
    if tls:
        tls["check_hostname"] = _checks_host_name(query, mode, drivername)
    elif mode in {"REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"} or _true(query.get("ssl", "")):
        tls["verify_mode"] = "none" if mode in {"", "REQUIRED"} else "required"
    return {"ssl": tls} if tls else {}


def _checks_host_name(query: Mapping[str, str], mode: str, drivername: str) -> bool:
    if mode:
        return mode == "VERIFY_IDENTITY"
    if "ssl_verify_identity" in query:
        return _true(query["ssl_verify_identity"])
    if "ssl_check_hostname" in query:
        return _true(query["ssl_check_hostname"])
    return drivername.partition("+")[2] in _CHECKS_HOST_NAMES


def _true(text: str) -> bool:
    return text.lower() in {"1", "true", "yes", "on"}
