"""Folders named as Alembic allows: a path, or ``package:folder`` inside an importable package."""

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

_LIST_PATHS = "import json, sys; json.dump(sys.path, sys.stdout)"
_PATIENCE = 30  # seconds; a bare interpreter answers in a fraction of one


def is_packaged(place: str) -> bool:
    """Tell whether *place* is ``package:folder`` and not a path."""
    return ":" in place and not Path(place).is_absolute()


def packaged_folder(place: str, search: Iterable[Path]) -> Path | None:
    """Return the folder of ``package.module:folder``, found without importing the package."""
    package, *rest = place.split(":")
    packages = [root.joinpath(*package.split(".")) for root in search]
    folders = [folder.joinpath(*rest) for folder in packages if folder.is_dir()]
    return next((folder for folder in folders if folder.is_dir()), next(iter(folders), None))


def import_paths(python: Path) -> tuple[Path, ...]:
    """Ask an interpreter where it imports from; it runs isolated and without our environment."""
    try:
        answer = subprocess.run(
            [python, "-I", "-c", _LIST_PATHS],
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ()  # the worker reports an interpreter that does not run, with all it says
    return tuple(Path(path) for path in json.loads(answer.stdout) if path)
