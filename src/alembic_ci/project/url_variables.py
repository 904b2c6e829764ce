"""Process variables in which env.py looks for its database: for the URL, or for a part of it."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from alembic_ci.urls import DatabaseURL, Dialect

_PORTS = {Dialect.POSTGRESQL: "5432", Dialect.MYSQL: "3306"}
_PARTS: Mapping[str, Callable[[DatabaseURL], str]] = MappingProxyType(
    {
        "host": lambda url: url.host or dict(url.query).get("host", ""),
        "port": lambda url: str(url.port) if url.port else _PORTS.get(url.dialect, ""),
        "user": lambda url: url.username or "",
        "password": lambda url: url.password or "",
        "name": lambda url: url.database or "",
    }
)


def named(entry: str) -> str:
    """Return the variable of ``VARIABLE`` or ``VARIABLE=PART``."""
    return entry.partition("=")[0]


def url_values(entries: Iterable[str], url: DatabaseURL) -> dict[str, str]:
    """Return what each variable has to hold so that env.py comes to *url*."""
    whole = url.render()
    split = (entry.partition("=") for entry in entries)
    return {name: _PARTS[part](url) if part else whole for name, _, part in split}
