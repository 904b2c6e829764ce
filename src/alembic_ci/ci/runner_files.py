"""The files through which a step speaks to GitHub's runner, kept out of foreign hands.

In the container env.py runs as the same user and can find them, although nothing tells it where
they are: what it writes there would become an output, a variable or the summary of the step.
"""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

NAMES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")


class RunnerFiles:
    """What the files held before any foreign code ran; *variables* name them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._paths = {name: Path(variables[name]) for name in NAMES if variables.get(name)}
        self._contents = {name: _content(path) for name, path in self._paths.items()}

    def restore(self) -> Iterator[str]:
        """Put back each file that was changed since, and yield the name of its variable."""
        for name, path in self._paths.items():
            before = self._contents[name]
            if before is None or (_content(path) == before and not path.is_symlink()):
                continue
            with contextlib.suppress(OSError):  # whoever writes to it next will say so
                path.unlink(missing_ok=True)
                path.write_bytes(before)
            yield name


def _content(path: Path) -> bytes | None:
    """Return what a file holds, ``None`` when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return None
