"""Read the text of a database URL, also where a person pasted a password without encoding it."""

import re
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

_QUOTES = ('"', "'")
_SCHEME = re.compile(r"[A-Za-z][\w+]{0,30}")
_FAMILIES = ("postgresql", "mysql", "mariadb", "sqlite")
_OLD_NAMES = {"postgres": "postgresql"}

# What may follow the "@" that ends a raw password: host:port/database?query with no other "@"
# in it, save in the query of a URL that names its database.
_WHOLE_PLACE = re.compile(
    r"""
    (?: \[ [^\]/?@]+ \] | [\w.,%-]* )  (?: : \d* )?
    (?: (?: / [^?@]* )?  (?: \? [^@]* )?  |  / [^?@]+ \? [\w.-]+ = .* )
    """,
    re.VERBOSE,
)


class URLError(ValueError):
    """A text is no usable database URL. Neither *problem* nor *remedy* ever holds the text.

    *problem* is a clause that follows a colon: "the port is not a number".
    """

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


class Credentials(NamedTuple):
    """Who logs in, and the rest of the URL after the "@".

    *raw_password* is as written. *faithful* is false where SQLAlchemy would split the text
    elsewhere: the password holds an "@", so nobody encoded it and "%" in it means "%".
    """

    username: str | None
    raw_password: str | None
    place: str
    faithful: bool

    @property
    def password(self) -> str | None:
        """The password that the server is to get."""
        if self.raw_password is None or not self.faithful:
            return self.raw_password
        return unquote(self.raw_password)


class Place(NamedTuple):
    """Everything of a URL that says where the database is, and how to talk to it."""

    host: str | None
    port: int | None
    database: str | None
    query: tuple[tuple[str, str], ...]


def scheme_and_rest(text: str) -> tuple[str, str]:
    """Split at ``://``, after taking off white space and one pair of quotes around the text."""
    text = text.strip()
    if len(text) > 1 and text[0] in _QUOTES and text[0] == text[-1]:
        text = text[1:-1].strip()
    if "\n" in text or "\r" in text:
        raise URLError(
            "it holds several lines, and a URL is one line",
            remedy="Write one URL; several databases of one environment go into the variable "
            "that ends in _DATABASE_URLS, one a line.",
        )
    scheme, separator, rest = text.partition("://")
    if not separator or not _SCHEME.fullmatch(scheme):
        raise URLError(
            "it does not begin with a dialect and ://",
            remedy="Write the URL alone, like postgresql://user:password@host:5432/database.",
        )
    return scheme, rest


def drivername(text: str) -> str:
    """Return dialect and driver as SQLAlchemy spells them, from a URL's scheme.

    Raises:
        URLError: The dialect is none of those we know.
    """
    dialect, plus, driver = text.strip().lower().partition("+")
    dialect = _OLD_NAMES.get(dialect, dialect)
    if dialect not in _FAMILIES:
        shown = f'"{dialect}"' if _SCHEME.fullmatch(dialect) else "given"
        raise URLError(
            f"the dialect {shown} is not supported",
            remedy=f"Use one of {', '.join(_FAMILIES)}; a driver may follow, as in "
            "postgresql+asyncpg.",
        )
    if plus and not re.fullmatch(r"\w+", driver):
        raise URLError(
            "the name of the driver after the plus sign is missing or malformed",
            remedy=f"Write {dialect} alone, or the driver as SQLAlchemy names it.",
        )
    return dialect + plus + driver


def credentials(rest: str) -> Credentials:
    """Split user and password off what follows ``://``.

    SQLAlchemy ends the password at the first "@". We end it at the last one that a place follows,
    so a raw password may hold any character.
    """
    run = re.split(r"[:/]", rest, maxsplit=1)[0]
    if rest[len(run) :].startswith(":") and "@" in rest[len(run) :]:
        start = len(run) + 1
        end = _password_end(rest, start)
        faithful = end == rest.index("@", start)
        return _credentials(rest, start=start, end=end, faithful=faithful)
    if "@" in run:
        username = run.rpartition("@")[0]
        return Credentials(unquote(username), None, rest[len(username) + 1 :], faithful=True)
    if run and (slashed := re.match(r"[^:@?]+:(?=[^?]*@)", rest)):  # user names like DOMAIN/user
        end = _password_end(rest, slashed.end())
        return _credentials(rest, start=slashed.end(), end=end, faithful=False)
    return Credentials(None, None, rest, faithful=True)


def _credentials(rest: str, *, start: int, end: int, faithful: bool) -> Credentials:
    username = unquote(rest[: start - 1])
    return Credentials(username, rest[start:end], rest[end + 1 :], faithful)


def _password_end(rest: str, start: int) -> int:
    ends = [found.start() for found in re.compile("@").finditer(rest, start)]
    return next((end for end in ends if _WHOLE_PLACE.fullmatch(rest, end + 1)), ends[-1])


def place(text: str) -> Place:
    """Read ``host:port/database?query``; each part may be missing.

    The database is percent-decoded, as SQLAlchemy does from 2.1 on.
    """
    address, _, query = text.partition("?")
    authority, slash, database = address.partition("/")
    host, colon, port = _host_and_port(authority)
    if re.search(r"[\s@\[\]]", host):
        raise URLError(
            "the host name holds a character that no host name has",
            remedy="Percent-encode the password: %40 for @, %2F for /, %3A for :, %3F for ?.",
        )
    return Place(
        host or None,
        port_number(port) if colon else None,
        unquote(database) if slash else None,
        tuple(parse_qsl(query)),
    )


def _host_and_port(authority: str) -> tuple[str, str, str]:
    if not authority.startswith("["):
        return authority.partition(":")
    host, bracket, port = authority[1:].rpartition("]")
    if not host or not bracket or (port and not port.startswith(":")):
        raise URLError(
            "the brackets around the IPv6 address do not match",
            remedy="Write the address like [2001:db8::1]:5432.",
        )
    return host, port[:1], port[1:]


def port_number(text: str) -> int:
    """Return the port.

    Raises:
        URLError: The text is no whole number from 1 to 65535.
    """
    if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) < 1 << 16:
        return int(text)
    raise URLError(
        "the port is not a number from 1 to 65535",
        remedy="Write the host as host:5432, an IPv6 address in brackets, and several hosts as "
        "?host=first:5432&host=second:5432 after the database.",
    )
