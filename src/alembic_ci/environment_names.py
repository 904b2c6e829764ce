"""What environments are called, and what their variables are called."""

import re
from collections.abc import Iterable, Iterator, Mapping

_LONG = {"dev": "development", "test": "testing", "stage": "staging", "prod": "production"}
_SHORT = {long: short for short, long in _LONG.items()}
_FORMS = ("URL", "URL_FILE", "URLS", "URLS_FILE")
_PARTS = ("DIALECT", "HOST", "PORT", "USER", "PASSWORD", "PASSWORD_FILE", "NAME")
_VARIABLE = re.compile(
    rf"(?P<prefix>[A-Z0-9][A-Z0-9_]*?)_DATABASE_(?P<kind>{'|'.join(_FORMS + _PARTS)})"
)
_NO_ENVIRONMENT = re.compile(r"SCRATCH|ALEMBIC_CI|INPUT(?:_\w+)?")
_NAME = re.compile(r"[a-z0-9]\w*", re.ASCII)


def canonical_name(text: str) -> str:
    """Return the one name of an environment: ``PROD`` is production, ``EU-West`` is eu_west.

    Raises:
        ValueError: No variable could be named after this environment.
    """
    name = text.strip().lower().replace("-", "_")
    if not _NAME.fullmatch(name):
        raise ValueError(text)
    return _LONG.get(name, name)


def prefixes(name: str) -> tuple[str, ...]:
    """Return what an environment's variables may begin with, the short form first."""
    return tuple(form.upper() for form in (_SHORT.get(name), name) if form)


def holds_database(variable: str) -> bool:
    """Tell whether a variable is named like a database URL of some environment, or a part of it."""
    return _VARIABLE.fullmatch(variable) is not None


def forms(prefix: str, variables: Mapping[str, str]) -> Iterator[str]:
    """Yield the ways in which an environment's database is given; the parts count as one.

    Each is the name of a variable, save that of the parts: ``PROD_DATABASE_*``.
    """
    yield from (name for form in _FORMS if (name := f"{prefix}_DATABASE_{form}") in variables)
    if any(f"{prefix}_DATABASE_{part}" in variables for part in _PARTS):
        yield f"{prefix}_DATABASE_*"


def configured_names(variables: Iterable[str]) -> tuple[str, ...]:
    """Return the environments that have a variable for a URL, or for its dialect."""
    matches = filter(None, map(_VARIABLE.fullmatch, variables))
    found = {
        canonical_name(match["prefix"])
        for match in matches
        if match["kind"] in (*_FORMS, "DIALECT") and not _NO_ENVIRONMENT.fullmatch(match["prefix"])
    }
    return tuple(sorted(found))
