"""Database URLs: what SQLAlchemy accepts, and what people paste."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, quote_plus, unquote, urlencode

from alembic_ci.url_text import URLError, credentials, drivername, place, scheme_and_rest

__all__ = ["DatabaseURL", "Dialect", "URLError", "spellings"]

_SECRET_PARAMETER = re.compile(r"passw|pwd|secret|token", re.IGNORECASE)
# What quote(), quote(safe=""), SQLAlchemy and encodeURIComponent() leave as it is.
_UNTOUCHED = ("/", "", " +", "!'()*")
_MISREAD_BARE = re.compile(r"[?\r\n]|%(?=[0-9A-Fa-f]{2})|\s\Z")  # in a database's name
_MISREAD = re.compile(rf"@|{_MISREAD_BARE.pattern}")
_MEMORY = re.compile(r"(?:file:)?(?::memory:)?")


class Dialect(StrEnum):
    """The kinds of database we know; MySQL stands for MariaDB too."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    SQLITE = "sqlite"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseURL:
    """One database, in the parts that SQLAlchemy's ``URL`` has.

    *written* is the text it was read from, where SQLAlchemy reads the same from it.
    """

    drivername: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    database: str | None = None
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    written: str = field(default="", repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> "DatabaseURL":
        """Read a URL; forgive white space and quotes around it, and a password left raw.

        Raises:
            URLError: The text is no URL of a database we know, or of one that lives in memory.
        """
        scheme, rest = scheme_and_rest(text)
        driver = drivername(scheme)
        who = credentials(rest)
        where = place(who.place)
        url = cls(
            drivername=driver,
            username=who.username,
            password=who.password,
            host=where.host,
            port=where.port,
            database=where.database,
            query=where.query,
            written=f"{driver}://{rest}" if who.faithful else "",
        )
        if url.dialect is Dialect.SQLITE:
            _check_sqlite(url)
        return url

    @property
    def dialect(self) -> Dialect:
        """The kind of database."""
        name = self.drivername.partition("+")[0]
        return Dialect.MYSQL if name == "mariadb" else Dialect(name)

    @property
    def location(self) -> str:
        """The URL without driver, user, password and query: fit for reports."""
        database = "" if self.database is None else f"/{self.database}"
        return f"{self.drivername.partition('+')[0]}://{self._address()}{database}"

    def render(self) -> str:
        """Write the URL so that every SQLAlchemy since 1.4 reads these very parts from it.

        Text that already says so is kept byte for byte. One thing cannot be written for all:
        "?", "@" and "%41" in a database's name, which SQLAlchemy decodes only from 2.1 on.
        """
        if self.written and DatabaseURL.parse(self.written) == self:
            return self.written
        return "".join(self._pieces())

    def secrets(self) -> tuple[str, ...]:
        """Return every spelling of the password, the longest first.

        Without these the URL itself tells nothing. A password that is also the name of the user,
        host or database is a secret only where a URL has its password: ``:shop@``.
        """
        raw = credentials(self.written.partition("://")[2]).raw_password
        hidden = [value for key, value in self.query if _SECRET_PARAMETER.search(key)]
        known = {self.username, self.host, self.database}
        found: set[str] = set()
        for secret in (self.password or "", raw or "", *hidden):
            form = ":{}@" if {secret, unquote(secret)} & known else "{}"
            found.update(form.format(spelling) for spelling in spellings(secret))
        return tuple(sorted(found, key=lambda text: (-len(text), text)))

    def _pieces(self) -> Iterator[str]:
        yield f"{self.drivername}://"
        if self.username is not None or self.password is not None:
            yield _encoded(self.username or "")
            yield "" if self.password is None else f":{_encoded(self.password)}"
            yield "@"
        yield self._address()
        if self.database is not None:
            bare = self.host is None and self.username is None and self.password is None
            misread = _MISREAD_BARE if bare else _MISREAD
            yield "/" + misread.sub(lambda found: _encoded(found[0]), self.database)
        if self.query:
            yield "?" + urlencode(self.query, errors="surrogatepass")

    def _address(self) -> str:
        host = self.host or ""
        port = "" if self.port is None else f":{self.port}"
        return (f"[{host}]" if ":" in host else host) + port


def spellings(secret: str) -> frozenset[str]:
    """Return a secret as written, percent-decoded, and as the usual encoders write it."""
    plus = quote_plus(secret, errors="surrogatepass")
    encoded = {quote(secret, safe=safe, errors="surrogatepass") for safe in _UNTOUCHED}
    return frozenset({secret, unquote(secret), plus, *encoded}) - {""}


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _check_sqlite(url: DatabaseURL) -> None:
    if url.host is not None or url.port is not None:
        raise URLError(
            "an SQLite URL has a path and no host",
            remedy="Write three slashes before a relative path (sqlite:///shop.db) and four "
            "before an absolute one (sqlite:////data/shop.db).",
        )
    memory = _MEMORY.fullmatch(url.database or "") or ("mode", "memory") in url.query
    if memory:
        raise URLError(
            "it names an SQLite database in memory, of which nothing would remain",
            remedy="Name a file: sqlite:///shop.db.",
        )
