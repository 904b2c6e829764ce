"""Find programs of database servers on this machine."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path


def folders(*patterns: str) -> Iterator[Path]:
    """Yield the folders of PATH, then those that match *patterns*, the highest version first."""
    yield from (Path(folder) for folder in os.get_exec_path() if folder)
    for pattern in patterns:
        yield from sorted(Path("/").glob(pattern.lstrip("/")), key=_version, reverse=True)


def program(name: str, places: Iterable[Path]) -> Path | None:
    """Return the first of a program's files that may be run."""
    files = (place / name for place in places)
    return next((file for file in files if os.access(file, os.X_OK) and file.is_file()), None)


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", str(path)))
