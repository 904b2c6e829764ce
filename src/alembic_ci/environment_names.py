"""What environments are called, and how their variables begin."""

import re

_LONG = {"dev": "development", "test": "testing", "stage": "staging", "prod": "production"}
_SHORT = {long: short for short, long in _LONG.items()}
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
