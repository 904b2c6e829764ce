"""Files in the report folder: whole or not there at all, readable for the next step.

The folder may lie in a pull request's checkout, and env.py runs beside us: no link that either has
put there leads us out of it.
"""

import errno
import os
import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic_ci.errors import RefusedError, SettingsError
from alembic_ci.interface import OUTPUTS

_PREFIX = "ALEMBIC_CI_"
# GitLab's limits on a dotenv report: 5 KB, and 20 variables where nobody raised the number
# (https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv).
_ENV_BYTES = 5_120
_ENV_VARIABLES = 20
_ENV_VALUE_CHARACTERS = 1_000
# What neither a shell nor a dotenv reader takes for anything but itself.
_SIMPLE = re.compile(r"(?!#)[A-Za-z0-9_./:@%+,=~#-]*")
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


def report_folder(start: Path, place: Path) -> Path:
    """Return the folder that *place* means in *start*, the folder the tool was started in.

    An absolute place is the user's own word and may lead through links. A link on the way to a
    relative one may be the checkout's, and is found when something is to be written.
    """
    return place.resolve() if place.is_absolute() else Path(os.path.normpath(start / place))


def write_text(path: Path, text: str) -> None:
    """Write a file in one go, with the permissions any new file gets; make its folder.

    Raises SettingsError when the folder cannot be written, RefusedError when a link stands in the
    absolute *path*.
    """
    with opened(path.parent) as folder:
        folder.write(path.name, text)


class Folder:
    """An open folder, which stays the same one whatever is done to its path meanwhile."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._mark = uuid.uuid4().hex

    def write(self, name: str, text: str) -> None:
        """Write a file in one go, with the permissions any new file gets."""
        draft = f".{name}.{self._mark}"
        try:
            _write(draft, text.encode(errors="backslashreplace"), self._descriptor)
            os.replace(draft, name, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)
        except OSError:
            _remove(draft, self._descriptor)
            raise


@contextmanager
def opened(folder: Path) -> Iterator[Folder]:
    """Make and open a folder for any number of files; errors are those of ``write_text``."""
    try:
        with _opened(folder) as descriptor:
            yield Folder(descriptor)
            _refuse_linked(folder, _real(folder, descriptor))
    except OSError as error:
        raise unwritable(folder, error) from error


def _write(name: str, content: bytes, folder: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
    try:
        while content:
            content = content[os.write(descriptor, content) :]
    finally:
        os.close(descriptor)


def _remove(name: str, folder: int) -> None:
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        return


def remove(path: Path) -> None:
    """Remove a file of an earlier run, if there is one; errors are those of ``write_text``."""
    try:
        with _opened(path.parent) as folder:
            _remove(path.name, folder)
    except OSError as error:
        raise unwritable(path.parent, error) from error


def empty(folder: Path) -> None:
    """Make *folder* empty, so that no file of an earlier run is taken for one of this.

    Raises SettingsError and RefusedError as ``write_text`` does.
    """
    try:
        with _opened(folder.parent):
            shutil.rmtree(folder, ignore_errors=True)
        with _opened(folder):
            return
    except OSError as error:
        raise unwritable(folder, error) from error


def refuse_unwritable(folder: Path) -> None:
    """Raise SettingsError when no report could be written, before anything else is done."""
    probe = f".{uuid.uuid4().hex}"
    try:
        with _opened(folder) as opened:
            _write(probe, b"", opened)
            _remove(probe, opened)
    except OSError as error:
        raise unwritable(folder, error) from error


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    """Make and open a folder, and see that it is the one its path names, with no link between."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    _refuse_linked(there, there.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _refuse_linked(folder, _real(folder, descriptor))
        yield descriptor
    finally:
        os.close(descriptor)


def _real(folder: Path, descriptor: int) -> Path:
    """Return where an open folder lies; only Linux can tell that of what is open."""
    link = Path(f"/proc/self/fd/{descriptor}")
    return link.readlink() if link.is_symlink() else folder.resolve()


def _refuse_linked(folder: Path, real: Path) -> None:
    if real != folder:
        raise RefusedError(
            f"The report folder {folder} is a link, or lies behind one: it leads to {real}.",
            meaning="A checkout, or env.py, could make the tool write anywhere through it.",
            remedy="Remove the link, or name the folder itself with --report-dir.",
        )


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
    more than letters, digits and ``_./:@%+,=~#-``; so is what exceeds 20 lines or 5 KB. See
    ``write_text`` for errors.
    """
    write_text(path, "".join(_bounded(_lines(values))))


def _lines(values: Mapping[str, str]) -> Iterator[str]:
    """Yield what most users need first, and what is empty last, for there may not be room."""
    featured = {output.name for output in OUTPUTS if output.featured}
    ranked = sorted(values.items(), key=lambda item: (item[0] not in featured, not item[1]))
    for name, value in ranked:
        simple = value.replace(" ", ",") if _LIST.fullmatch(value) else value
        if _SIMPLE.fullmatch(simple) and len(simple) <= _ENV_VALUE_CHARACTERS:
            yield f"{_PREFIX}{name.upper().replace('-', '_')}={simple}\n"


def _bounded(lines: Iterator[str]) -> Iterator[str]:
    left = _ENV_BYTES
    for _, line in zip(range(_ENV_VARIABLES), lines, strict=False):
        if len(line) <= left:
            left -= len(line)
            yield line
