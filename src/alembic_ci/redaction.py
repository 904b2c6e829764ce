"""Take secrets out of every text that leaves the process."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from alembic_ci.statements import Columns
from alembic_ci.urls import Dialect, spellings

_MASK = "***"
_URL_MARK = "://"
_SHORTEST = 6

# Words that stand in reports for other reasons. As a password they protect nothing, and to take
# them out everywhere would make the report unreadable.
_COMMON = re.compile(
    r"""
    administrator | alembic | changeme | database | default | development | downgrade | example
    | letmein | localhost | mariadb | master | migration | network | passw0rd | password |
    postgres | postgresql | private | production | public | revision | schema | secret | server
    | sqlalchemy | sqlite | staging | system | testing | upgrade | username
    """,
    re.IGNORECASE | re.VERBOSE,
)

# The password of a database's URL may be raw and hold anything; it ends at the last "@" of the
# word. No quotation mark is crossed, so that redacted JSON stays JSON.
_DATABASE_URL = re.compile(
    r"(?P<start>\b(?:postgres(?:ql)?|mysql|mariadb|sqlite)(?:\+\w+)?://[^\s:/\"]*:)"
    r"(?:(?!://)[^\s\"])*@",
    re.IGNORECASE,
)
_ANY_URL = re.compile(r"(?P<start>\b[A-Za-z][\w+.-]{0,30}://[^\s:/\"]*:)[^\s/\"]*@")
# What pydantic, and others who shorten a value, leave of a URL: its beginning and its end.
_CUT = r"(?:\.{3}|…)"
_BEFORE_CUT = re.compile(
    rf"(?P<start>\b(?:postgres(?:ql)?|mysql|mariadb)(?:\+\w+)?://)[^\s\"@]{{1,500}}?(?P<cut>{_CUT})",
    re.IGNORECASE,
)
_AFTER_CUT = re.compile(rf"(?P<start>{_CUT})[^\s\"@]{{1,500}}@")
_LONG = 40  # characters from which on a secret itself may be shortened
_LEFT = 20  # of its characters are enough to know it by
_PARAMETER = r"(?P<start>\b\w*(?:passw(?:or)?d|pwd)=['\"]?)"
_NOTHING = re.compile(r"(?P<start>)(?!)")


def safe_everywhere(secret: str) -> bool:
    """Tell whether a secret is long and rare enough to be taken out wherever it stands.

    Any other is taken out only where a URL or a connection string has its password.
    """
    return len(secret) >= _SHORTEST and not _COMMON.fullmatch(secret)


class Redactor:
    """Replaces secrets in all their usual spellings, and the password of any URL, with ``***``.

    A secret given as ``:text@`` counts only as the password of a URL. *columns* are patterns of
    names whose values are left out of SQL.
    """

    def __init__(self, secrets: Iterable[str], columns: Sequence[str] = ()) -> None:
        self._columns = Columns(columns)
        given = frozenset(secrets)
        forms = {secret for secret in given if re.fullmatch(r"(?s):.+@", secret)}
        plain = {escaped for secret in given - forms for escaped in _escapes(secret)}
        known = plain.union(*(_escapes(form[1:-1]) for form in forms))
        self._known = tuple(plain | known)
        self._everywhere = _any_of(filter(safe_everywhere, plain))
        self._shortened = _ends_of(secret for secret in plain if len(secret) >= _LONG)
        self._in_url = _any_of(known, before="(?P<start>:)", after="@")
        self._parameter = _any_of(known, before=_PARAMETER, after=r"(?!\w)")

    def __call__(self, text: str) -> str:
        """Return the text without secrets; most texts hold none, which is soon seen."""
        if any(secret in text for secret in self._known):
            text = self._everywhere.sub(_MASK, text)
            text = self._in_url.sub(rf"\g<start>{_MASK}@", text)
            text = self._parameter.sub(rf"\g<start>{_MASK}", text)
        if "..." in text or "…" in text:
            text = self._shortened.sub(_MASK, text)
            text = _BEFORE_CUT.sub(rf"\g<start>{_MASK}\g<cut>", text)
            text = _AFTER_CUT.sub(rf"\g<start>{_MASK}@", text)
        if _URL_MARK in text:
            text = _DATABASE_URL.sub(rf"\g<start>{_MASK}@", text)
            text = _ANY_URL.sub(rf"\g<start>{_MASK}@", text)
        return text

    def sql(self, text: str, dialect: Dialect | None = None) -> str:
        """Return SQL as reports may show it; without a *dialect*, whichever of them it is in."""
        text = self(text)
        for one in (dialect,) if dialect else Dialect:
            text = self._columns.hidden(text, one)
        return text


def _any_of(secrets: Iterable[str], *, before: str = "", after: str = "") -> re.Pattern[str]:
    longest_first = sorted(secrets, key=len, reverse=True)
    if not longest_first:
        return _NOTHING
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, longest_first))}){after}")


def _ends_of(secrets: Iterable[str]) -> re.Pattern[str]:
    """Return what matches the beginning and the end of a secret, up to where it was cut."""
    rest = r"[^\s\"'.…]{0,200}"
    ends = [
        end
        for secret in secrets
        for end in (re.escape(secret[:_LEFT]) + rest, rest + re.escape(secret[-_LEFT:]))
    ]
    return re.compile("|".join(ends)) if ends else _NOTHING


def _escapes(secret: str) -> Iterator[str]:
    """Yield how a secret may look in a URL, an ini file, JSON, Python's repr, HTML and XML."""
    for spelling in spellings(secret):
        yield spelling
        yield spelling.replace("%", "%%")
        yield json.dumps(spelling)[1:-1]
        yield json.dumps(spelling, ensure_ascii=False)[1:-1]
        yield repr(spelling)[1:-1]
        yield html.escape(spelling)
