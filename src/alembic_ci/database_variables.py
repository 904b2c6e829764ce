"""Read one database URL from process variables: as text, from a file, or in parts."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from alembic_ci.errors import SettingsError
from alembic_ci.url_text import drivername, port_number
from alembic_ci.urls import DatabaseURL, Dialect, URLError

_PARTS = ("DIALECT", "HOST", "PORT", "USER", "NAME")
_MASKED = r"\*{3,} | .*\$\{\{.*"
_MASK = re.compile(_MASKED, re.DOTALL | re.VERBOSE)
_UNEXPANDED = re.compile(
    rf"{_MASKED} | \$\w+ | \$\{{\w+\}} | \$\(\w+\) | %\w+%", re.DOTALL | re.VERBOSE
)

Variables = Mapping[str, str]
_Part = TypeVar("_Part", str, int)


def text_of(variable: str, variables: Variables) -> str:
    """Return what a variable holds, or the content of the file that a ``_FILE`` variable names.

    Raises:
        SettingsError: There is nothing in it, or the file cannot be read.
    """
    text = variables[variable]
    if not text.strip():
        raise SettingsError(
            f"{variable} is set but empty.",
            meaning="A secret that does not exist, or that this run may not see, arrives empty.",
            remedy="Check that the secret exists and that forks may read it, "
            "or do not set the variable.",
        )
    return _file_text(text.strip(), variable) if variable.endswith("_FILE") else text


def _file_text(path: str, variable: str) -> str:
    _refuse_unexpanded(path, variable)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        shown = "" if "://" in path else f" ({path})"
        raise SettingsError(
            f"The file that {variable} names{shown} cannot be read: {reason}.",
            meaning="The variable holds the path of a file, not a URL.",
            remedy="Check the path inside the container, and who may read the file.",
        ) from error
    if not text.strip():
        raise SettingsError(
            f"The file that {variable} names is empty.",
            remedy="Check that the secret exists where the file is made.",
        )
    return text


def url_of(text: str, where: str) -> DatabaseURL:
    """Read a URL; *where* names the variable, and the line in it, for error messages.

    Raises:
        SettingsError: It is no URL that can be used.
    """
    _refuse_unexpanded(text.strip().strip("\"'"), where)
    try:
        url = DatabaseURL.parse(text)
    except URLError as error:
        is_path = re.fullmatch(r"\s*\.?/\S+\s*", text) and where.endswith("_URL")
        remedy = f"For the path of a file, use {where}_FILE." if is_path else error.remedy
        raise SettingsError(
            f"{where} holds no usable database URL: {error.problem}.", remedy=remedy
        ) from error
    if _MASK.fullmatch(url.password or "") or re.match(r"[$<{]", url.host or ""):
        raise _unexpanded(where)
    return url


def url_from_parts(prefix: str, variables: Variables) -> DatabaseURL:
    """Put a URL together from ``<PREFIX>_DIALECT``, ``_HOST`` and so on, which nobody encoded.

    Raises:
        SettingsError: A part is missing or wrong.
    """
    given = _parts(prefix, variables)
    driver = _part(drivername, prefix, "DIALECT", given)
    password = _password(prefix, variables)
    if DatabaseURL(drivername=driver).dialect is Dialect.SQLITE:
        _require(prefix, ("NAME",), given)
        file = DatabaseURL(drivername=driver, database=given["NAME"])
        return url_of(file.render(), f"{prefix}_NAME")
    _require(prefix, ("HOST", "NAME"), given)
    host = given["HOST"].strip("[]")
    socket = host.startswith("/")
    parameter = "host" if driver.startswith("postgresql") else "unix_socket"
    return DatabaseURL(
        drivername=driver,
        username=given.get("USER"),
        password=password,
        host=None if socket else host,
        port=_part(port_number, prefix, "PORT", given) if "PORT" in given else None,
        database=given["NAME"],
        query=((parameter, host),) if socket else (),
    )


def _parts(prefix: str, variables: Variables) -> dict[str, str]:
    parts = {}
    for part in _PARTS:
        if (variable := f"{prefix}_{part}") in variables:
            parts[part] = text_of(variable, variables).strip()
            _refuse_unexpanded(parts[part], variable)
    _require(prefix, ("DIALECT",), parts)
    return parts


def _password(prefix: str, variables: Variables) -> str | None:
    """Keep a password as it is, save for the line break that editors add to files."""
    given = [
        name for name in (f"{prefix}_PASSWORD", f"{prefix}_PASSWORD_FILE") if name in variables
    ]
    if len(given) > 1:
        raise SettingsError(
            f"{given[0]} and {given[1]} are both set.", remedy="Keep one of the two."
        )
    if not given:
        return None
    password = text_of(given[0], variables).rstrip("\r\n")
    if _MASK.fullmatch(password):
        raise _unexpanded(given[0])
    return password


def _require(prefix: str, needed: Sequence[str], given: Mapping[str, str]) -> None:
    missing = [f"{prefix}_{part}" for part in needed if part not in given]
    if missing:
        raise SettingsError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not set.",
            meaning=f"Other variables that begin with {prefix}_ are: the parts of one URL.",
            remedy=f"Set also {' and '.join(missing)}, or {prefix}_URL alone.",
        )


def _part(read: Callable[[str], _Part], prefix: str, part: str, given: Mapping[str, str]) -> _Part:
    try:
        return read(given[part])
    except URLError as error:
        raise SettingsError(
            f"{prefix}_{part} cannot be used: {error.problem}.", remedy=error.remedy
        ) from error


def _refuse_unexpanded(text: str, where: str) -> None:
    if _UNEXPANDED.fullmatch(text):
        raise _unexpanded(where)


def _unexpanded(where: str) -> SettingsError:
    return SettingsError(
        f"{where} holds a placeholder and not the value it stands for.",
        meaning="Nothing replaced an expression like ${{ secrets.NAME }}, $NAME or {name}, "
        "or the value was copied from a log, where *** stands for it.",
        remedy="Check how the variable is set: expressions are replaced in `env:`, "
        "variables only by a shell.",
    )
