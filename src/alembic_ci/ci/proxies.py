"""Which proxy leads to a server, by the variables that curl and most other programs heed."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def proxy(url: str, variables: Mapping[str, str]) -> str:
    """Return the URL of the proxy for *url*, "" when there is none or ``no_proxy`` excepts it.

    The variables count in small letters before large ones.
    """
    parts = urlsplit(url)
    if _excepted(parts.hostname or "", parts.netloc, _given("no_proxy", variables)):
        return ""
    found = _given(f"{parts.scheme}_proxy", variables) or _given("all_proxy", variables)
    return found if "://" in found or not found else f"http://{found}"


def _given(name: str, variables: Mapping[str, str]) -> str:
    return (variables.get(name) or variables.get(name.upper()) or "").strip()


def _excepted(host: str, place: str, exceptions: str) -> bool:
    """Tell whether one of the *exceptions* is the host, the host and port, or a parent domain."""
    names = [name.strip().lower().lstrip("*").lstrip(".") for name in exceptions.split(",")]
    if "*" in {name.strip() for name in exceptions.split(",")}:
        return True
    return any(
        name and (name in (host, place.lower()) or host.endswith(f".{name}")) for name in names
    )
