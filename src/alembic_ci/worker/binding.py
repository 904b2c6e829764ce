"""Put parameters into a statement as literals, the way the driver that sent it would."""

from __future__ import annotations

import datetime as dt
import functools
import re
import sys
import zoneinfo
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from . import literals
from .literals import Write


class Call(NamedTuple):
    """One call of a driver's cursor; *connection* is SQLAlchemy's."""

    connection: Any
    cursor: Any
    statement: str
    parameters: Any
    many: bool

    def sets(self) -> Sequence[Any]:
        """Return the sets of parameters.

        ``executemany()`` gets several; SQLAlchemy says the same of an INSERT with many rows of
        VALUES, which gets one.
        """
        sets = self.parameters
        if self.many and sets and all(isinstance(one, (dict, tuple, list)) for one in sets):
            return list(sets) if isinstance(sets, (list, tuple)) else [sets]
        return [sets]


_NO_BACKSLASH_ESCAPES = 512  # SERVER_STATUS_NO_BACKSLASH_ESCAPES of the MySQL protocol
_ZONELESS = "::TIMESTAMP WITHOUT TIME ZONE"
_UTC = ("UTC", "Etc/UTC", "GMT")  # also where there is no data on zones
_PERCENT = ("format", "pyformat")

# What a placeholder cannot stand in: texts, names, comments. Each dialect has its own quotes.
_DOLLARS = r"\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|"
_SQL = r"\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/"
_QUOTED = {
    "postgresql": r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|"
    + _SQL,
    "mysql": r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.|\"\")*\"|`[^`]*`|#[^\n]*|--[^\n]*|/\*.*?\*/",
    "sqlite": r"'(?:[^']|'')*'|`[^`]*`|\[[^\]]*\]|" + _SQL,
}
_PLACEHOLDERS = {
    "qmark": r"\?",
    "numeric_dollar": r"\$(?P<number>\d+)",
    "named": r"(?<!:):(?P<name>[A-Za-z_]\w*)",
}


def written(call: Call) -> List[str]:
    """Return the statement of *call* once for each set of parameters.

    Raises TypeError for values that have no literal.
    """
    place = _placing(call.connection, call.cursor)
    return [place(call.statement, one) for one in call.sets()]


def _placing(connection: Any, cursor: Any) -> Any:
    """Choose who writes: the driver where it can, else we do."""
    if connection.dialect.driver == "psycopg2" and hasattr(cursor, "mogrify"):
        return functools.partial(_psycopg2, connection, cursor)
    if connection.dialect.driver in ("psycopg", "psycopg_async"):
        return _psycopg(connection)
    if connection.dialect.driver == "asyncpg" and connection.dialect.paramstyle == "numeric_dollar":
        return functools.partial(_asyncpg, _session_zone(connection))
    return functools.partial(_placed, connection.dialect, _write(connection))


def _psycopg2(connection: Any, cursor: Any, statement: str, parameters: Any) -> str:
    encodings: Dict[str, str] = sys.modules["psycopg2.extensions"].encodings
    text: bytes = cursor.mogrify(statement, parameters)
    return text.decode(encodings.get(connection.connection.encoding, "utf-8"))


def _psycopg(connection: Any) -> Any:
    """A cursor that binds on the client's side; its making does not talk to the server."""
    psycopg: Any = sys.modules["psycopg"]
    driver = connection.connection.driver_connection
    asynchronous = isinstance(driver, psycopg.AsyncConnection)
    cursor = (psycopg.AsyncClientCursor if asynchronous else psycopg.ClientCursor)(driver)
    return cursor.mogrify


def _asyncpg(zone: Optional[dt.tzinfo], statement: str, parameters: Any) -> str:
    """SQLAlchemy says beside each placeholder what it is of."""

    def replaced(match: "re.Match[str]") -> str:
        number = match["number"]
        if not number:
            return match[0]
        value = parameters[int(number) - 1]
        zoneless = statement.startswith(_ZONELESS, match.end())
        return literals.asyncpg(value if zoneless else literals.zoned(value, zone))

    return _pattern("postgresql", "numeric_dollar").sub(replaced, statement)


def _session_zone(connection: Any) -> Optional[dt.tzinfo]:
    """Return the zone of the session, None where Python does not know it."""
    settings = connection.connection.driver_connection.get_settings()
    name = getattr(settings, "TimeZone", "")
    try:
        return zoneinfo.ZoneInfo(name)
    except (KeyError, ValueError):
        return dt.timezone.utc if name in _UTC else None


def _write(connection: Any) -> Write:
    name = connection.dialect.name
    if name == "postgresql":
        asyncpg = connection.dialect.driver == "asyncpg"
        return literals.asyncpg if asyncpg else literals.postgresql
    if name == "sqlite":
        return literals.sqlite
    status = getattr(connection.connection, "server_status", 0)
    plain = isinstance(status, int) and bool(status & _NO_BACKSLASH_ESCAPES)
    return functools.partial(literals.mysql, backslashes=not plain)


def _placed(dialect: Any, write: Write, statement: str, parameters: Any) -> str:
    if dialect.paramstyle in _PERCENT:
        placed: str = statement % _all(parameters, write)
        return placed
    if not parameters:
        return statement
    style = "named" if isinstance(parameters, dict) else dialect.paramstyle
    rest = iter(parameters)

    def replaced(match: "re.Match[str]") -> str:
        found = match.groupdict()
        if found.get("number"):
            return write(parameters[int(found["number"]) - 1])
        if found.get("name"):
            return write(parameters[found["name"]])
        return write(next(rest)) if match[0] == "?" else match[0]

    return _pattern(dialect.name, style).sub(replaced, statement)


def _all(parameters: Any, write: Write) -> Any:
    if isinstance(parameters, Mapping):
        return {name: write(value) for name, value in parameters.items()}
    values: Sequence[Any] = parameters or ()
    return tuple(write(value) for value in values)


@functools.lru_cache(maxsize=None)
def _pattern(dialect: str, style: str) -> "re.Pattern[str]":
    quoted = _QUOTED.get(dialect, _QUOTED["mysql"])
    return re.compile(quoted + "|" + _PLACEHOLDERS[style], re.DOTALL)
