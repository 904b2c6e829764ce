"""Files in the report folder: whole or not there at all, readable for the next step."""

import errno
import re
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

from alembic_ci.errors import SettingsError

_PREFIX = "ALEMBIC_CI_"
# GitLab's limits on a dotenv report: 5 KB, and 20 variables where nobody raised the number
# (https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv).
_ENV_BYTES = 5_120
_ENV_VARIABLES = 20
_ENV_VALUE_CHARACTERS = 1_000
# What neither a shell nor a dotenv reader takes for anything but itself.
_SIMPLE = re.compile(r"[A-Za-z0-9_./:@%+,=~-]*")
_LIST = re.compile(r"[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)+")

_NO_FOLDER = ("it is not a folder", "A file has the same name.")
_FULL = ("no space is left", "The disk, or this user's share of it, is full.")
_REASONS = {
    errno.EEXIST: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: ("it is read-only", "The folder is mounted read-only."),
    errno.EACCES: (
        "permission denied",
        "It belongs to another user, such as the one of an earlier container.",
    ),
}


def write_text(path: Path, text: str) -> None:
    """Write a file in one go, with the permissions any new file gets; make its folder.

    Raises SettingsError when the folder cannot be written.
    """
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            draft.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def remove(path: Path) -> None:
    """Remove a file of an earlier run, if there is one; raises SettingsError when it stays."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def refuse_unwritable(folder: Path) -> None:
    """Raise SettingsError when no report could be written, before anything else is done."""
    probe = folder / f".{uuid.uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> SettingsError:
    """Return the error for a report folder that the operating system does not let us write."""
    reason, meaning = _REASONS.get(
        error.errno or 0, (error.strerror or str(error), "It belongs to another user.")
    )
    return SettingsError(
        f"The report folder {folder} cannot be written: {reason}.",
        meaning=meaning,
        remedy="Name a folder that this process may write to with --report-dir.",
    )


def write_outputs_env(path: Path, values: Mapping[str, str]) -> None:
    """Write the outputs as ``ALEMBIC_CI_<NAME>=value`` lines, for GitLab's dotenv and for shells.

    Lists are joined by commas. A value is left out when it is longer than 1,000 characters or has
    more than letters, digits and ``_./:@%+,=~-``; so is what exceeds 20 lines or 5 KB. See
    ``write_text`` for errors.
    """
    write_text(path, "".join(_bounded(_lines(values))))


def _lines(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        simple = value.replace(" ", ",") if _LIST.fullmatch(value) else value
        if _SIMPLE.fullmatch(simple) and len(simple) <= _ENV_VALUE_CHARACTERS:
            yield f"{_PREFIX}{name.upper().replace('-', '_')}={simple}\n"


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    left = _ENV_BYTES
    for _, line in zip(range(_ENV_VARIABLES), lines, strict=False):
        if len(line) <= left:
            left -= len(line)
            yield line
