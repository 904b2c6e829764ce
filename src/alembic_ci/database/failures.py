"""What a database's refusal means in words; told apart by codes, never by a message's text."""

import enum
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from alembic_ci.errors import AlembicCIError, DatabaseAccessError, DatabaseUnreachableError
from alembic_ci.urls import DatabaseURL, Dialect

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class Cause(enum.Enum):
    """Why a connection could not be made; the temporary ones are worth another try."""

    REFUSED = enum.auto()  # nobody listens there
    SILENT = enum.auto()  # no answer in time
    UNKNOWN_HOST = enum.auto()
    STARTING = enum.auto()  # or stopping, or recovering
    BUSY = enum.auto()  # no connection left
    LOGIN = enum.auto()
    UNKNOWN_DATABASE = enum.auto()
    NO_PRIVILEGE = enum.auto()
    ENCRYPTION = enum.auto()
    NOT_A_DATABASE = enum.auto()
    OTHER = enum.auto()

    @property
    def temporary(self) -> bool:
        """Tell whether waiting may help."""
        return self in _TEMPORARY


_TEMPORARY = frozenset(
    {Cause.REFUSED, Cause.SILENT, Cause.UNKNOWN_HOST, Cause.STARTING, Cause.BUSY}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where the tool runs, as far as others want to know; *ci* is the host's name or "".

    *job* is the address of the CI job, or "".
    """

    in_container: bool = False
    ci: str = ""
    job: str = ""


class StatementError(AlembicCIError):
    """A statement of the tool's own failed; *code* is the SQLSTATE or the error's number."""

    failure_class = "statement"

    def __init__(self, problem: str, *, remedy: str, meaning: str = "", code: str = "") -> None:
        super().__init__(problem, remedy=remedy, meaning=meaning)
        self.code = code


class StatementDeniedError(StatementError, DatabaseAccessError):
    """The user may not do what a statement asks for."""

    exit_code = DatabaseAccessError.exit_code
    failure_class = DatabaseAccessError.failure_class


class StatementInterruptedError(StatementError, DatabaseUnreachableError):
    """The connection was lost, or a lock was not obtained in time."""

    exit_code = DatabaseUnreachableError.exit_code
    failure_class = DatabaseUnreachableError.failure_class


# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: Mapping[str, Cause] = MappingProxyType(
    {
        "57P01": Cause.STARTING,  # admin_shutdown
        "57P02": Cause.STARTING,  # crash_shutdown
        "57P03": Cause.STARTING,  # cannot_connect_now
        "53300": Cause.BUSY,  # too_many_connections
        "28P01": Cause.LOGIN,  # invalid_password
        "28000": Cause.LOGIN,  # invalid_authorization_specification
        "3D000": Cause.UNKNOWN_DATABASE,  # invalid_catalog_name
        "42501": Cause.NO_PRIVILEGE,  # insufficient_privilege
    }
)
# https://mariadb.com/kb/en/mariadb-error-code-reference/ and MySQL's, which agree on these
_BY_MYSQL_NUMBER: Mapping[int, Cause] = MappingProxyType(
    {
        1040: Cause.BUSY,  # too many connections
        1203: Cause.BUSY,  # too many connections of this user
        1226: Cause.BUSY,  # a resource limit of this user
        1044: Cause.NO_PRIVILEGE,  # on a database; also told of unknown ones to hide them
        1045: Cause.LOGIN,
        1130: Cause.LOGIN,  # not from this host
        1251: Cause.LOGIN,  # authentication method
        1698: Cause.LOGIN,  # no password accepted, only the socket
        1820: Cause.LOGIN,  # password expired
        1862: Cause.LOGIN,  # password expired
        3118: Cause.LOGIN,  # account locked
        4151: Cause.LOGIN,  # account locked (MariaDB)
        1049: Cause.UNKNOWN_DATABASE,
        1053: Cause.STARTING,  # shutting down
        2006: Cause.SILENT,  # server has gone away
        2013: Cause.SILENT,  # connection lost
        2026: Cause.ENCRYPTION,
        2059: Cause.LOGIN,  # authentication method
    }
)
_BY_SQLITE_NUMBER: Mapping[int, Cause] = MappingProxyType(
    {
        sqlite3.SQLITE_BUSY: Cause.BUSY,
        sqlite3.SQLITE_LOCKED: Cause.BUSY,
        sqlite3.SQLITE_PERM: Cause.NO_PRIVILEGE,
        sqlite3.SQLITE_READONLY: Cause.NO_PRIVILEGE,
        sqlite3.SQLITE_CANTOPEN: Cause.NO_PRIVILEGE,
        sqlite3.SQLITE_NOTADB: Cause.NOT_A_DATABASE,
    }
)
_DEADLOCK_CODES = frozenset({"40P01", "40001", "1213"})  # and serialization failures
_LOCK_CODES = _DEADLOCK_CODES | {"55P03", "1205"}
_MYSQL_DIGITS = 4
_LOCK_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED")


def lock_not_obtained(code: str) -> bool:
    """Tell whether a code (SQLSTATE, MySQL number, SQLite name) means that others held a lock."""
    return code in _LOCK_CODES or code.startswith(_LOCK_NAMES)


def deadlocked(code: str) -> bool:
    """Tell whether a code means that another transaction was preferred to ours."""
    return code in _DEADLOCK_CODES


def connection_lost(code: str) -> bool:
    """Tell whether a code of a statement's failure means that the server went away."""
    if code.isdigit() and len(code) == _MYSQL_DIGITS:
        return _BY_MYSQL_NUMBER.get(int(code), Cause.OTHER).temporary
    return code.startswith("08") or _BY_SQLSTATE.get(code, Cause.OTHER).temporary


def error_code(error: BaseException | None) -> str:
    """Return a driver error's SQLSTATE (PostgreSQL) or number (the others), else ""."""
    sqlstate = getattr(error, "pgcode", None)
    if isinstance(sqlstate, str):
        return sqlstate
    number = getattr(error, "sqlite_errorcode", None)
    if isinstance(number, int):
        return str(number & 0xFF)  # the low byte is the primary result code
    first = error.args[0] if error is not None and error.args else None
    return str(first) if isinstance(first, int) else ""


def cause_of_code(dialect: Dialect, code: str) -> Cause:
    """Return what a code says of a connection; OTHER when it says nothing."""
    match dialect:
        case Dialect.POSTGRESQL:
            lost = code.startswith("08")
            return Cause.SILENT if lost else _BY_SQLSTATE.get(code, Cause.OTHER)
        case Dialect.MYSQL:
            return _BY_MYSQL_NUMBER.get(int(code or 0), Cause.OTHER)
        case Dialect.SQLITE:
            return _BY_SQLITE_NUMBER.get(int(code or 0), Cause.OTHER)


def statement_failure(
    error: BaseException | None, url: DatabaseURL, *, lost: bool
) -> StatementError:
    """Say why a statement failed, and whether a retry or a privilege may help.

    *lost* tells that the connection is gone, for which psycopg2 has no SQLSTATE.
    """
    code = error_code(error)
    cause = cause_of_code(url.dialect, code)
    problem = f"A statement failed on {url.location}: {first_line(error)}"
    if lost or cause.temporary or lock_not_obtained(code):
        return StatementInterruptedError(
            problem, remedy="Try again when the database is less busy.", code=code
        )
    if cause is Cause.NO_PRIVILEGE:
        return StatementDeniedError(
            problem, remedy="Give this user the privilege, or use another user.", code=code
        )
    return StatementError(problem, remedy="Look up the code in the database's manual.", code=code)


def first_line(error: BaseException | None) -> str:
    """Return the part of a driver's message that fits in a sentence."""
    args = error.args if error is not None else ()
    text = next((str(arg) for arg in args if isinstance(arg, str)), "no reason given")
    return next(iter(text.strip().splitlines()), "no reason given")
