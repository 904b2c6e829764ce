"""Read the many databases of one environment: lines or JSON, with labels or without."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from alembic_ci.database_variables import url_of
from alembic_ci.errors import SettingsError
from alembic_ci.urls import DatabaseURL

_LABEL = re.compile(r"\w[\w.-]*")  # becomes part of file names in the report
_LABELLED = re.compile(rf"(?P<label>{_LABEL.pattern})\s*=\s*(?P<url>.*)", re.DOTALL)


class Entry(NamedTuple):
    """One database of a list; *where* names its place in error messages."""

    label: str
    url: DatabaseURL
    where: str


def entries(text: str, variable: str) -> tuple[Entry, ...]:
    """Read a list of databases; those without a label are called after their database.

    Raises:
        SettingsError: The list is empty or malformed, or two entries are the same.
    """
    text = text.strip()
    found = tuple((_from_json if text[:1] in "{[" else _from_lines)(text, variable))
    if not found:
        raise SettingsError(
            f"{variable} lists no database.",
            remedy="Write one URL a line, each with a label before it: eu=postgresql://...",
        )
    return distinct(found, variable)


def distinct(found: tuple[Entry, ...], variable: str) -> tuple[Entry, ...]:
    """Label the entries that have no label, and refuse what could be mixed up.

    Raises:
        SettingsError: A label is unfit for a file's name, or two entries are the same.
    """
    named = _labelled(found)
    _check_labels(named, variable)
    _refuse_same_database(named)
    return named


def _from_lines(text: str, variable: str) -> Iterator[Entry]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield _entry(line.strip(), f"{variable} (line {number})")


def _entry(text: str, where: str) -> Entry:
    labelled = _LABELLED.fullmatch(text)
    if labelled is None:
        return Entry("", url_of(text, where), where)
    return Entry(labelled["label"], url_of(labelled["url"], where), where)


def _from_json(text: str, variable: str) -> Iterator[Entry]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _malformed(variable) from error
    items = document.items() if isinstance(document, dict) else enumerate(document, start=1)
    for key, item in items:
        where = f"{variable} (entry {key})"
        match key, item:
            case str(), str():
                yield Entry(key, url_of(item, where), where)
            case int(), str():
                yield _entry(item, where)
            case int(), {"label": str(label), "url": str(url)}:
                yield Entry(label, url_of(url, where), where)
            case _:
                raise _malformed(variable)


def _malformed(variable: str) -> SettingsError:
    return SettingsError(
        f"{variable} begins like JSON and is not a list of databases.",
        remedy='Write {"label": "URL", ...} or ["URL", ...], or one label=URL a line.',
    )


def _labelled(found: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Label the entries that have none, by database or, where that will not do, by position."""
    if len(found) == 1:
        return found
    names = [entry.label or _database_name(entry.url) for entry in found]
    if len(set(names)) < len(names) or not all(map(_LABEL.fullmatch, names)):
        names = [entry.label or str(number) for number, entry in enumerate(found, start=1)]
    return tuple(entry._replace(label=name) for entry, name in zip(found, names, strict=True))


def _database_name(url: DatabaseURL) -> str:
    return (url.database or "").rpartition("/")[2].removesuffix(".db")


def _check_labels(found: tuple[Entry, ...], variable: str) -> None:
    for entry in found:
        if entry.label and not _LABEL.fullmatch(entry.label):
            raise SettingsError(
                f"{entry.where} has a label that cannot be part of a file's name.",
                remedy="Use letters, digits, dots, dashes and underscores.",
            )
    label, count = Counter(entry.label for entry in found).most_common(1)[0]
    if count > 1:
        raise SettingsError(
            f'{variable} has the label "{label}" {count} times.',
            remedy="Give each database a label of its own.",
        )


def _refuse_same_database(found: tuple[Entry, ...]) -> None:
    first: dict[DatabaseURL, Entry] = {}
    for entry in found:
        if (same := first.setdefault(entry.url, entry)) is not entry:
            raise SettingsError(
                f"{same.where} and {entry.where} are the same database.",
                remedy="List each database once.",
            )
