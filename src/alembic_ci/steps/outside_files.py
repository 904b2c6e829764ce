"""Keep foreign code's stray files out of the user's folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def untouched(paths: Sequence[Path]) -> Iterator[None]:
    """Give *paths* back their content afterwards, and remove those that did not exist.

    The multidb template opens ``<engine>.sql`` for writing whenever it renders offline, even
    when its output goes elsewhere.
    """
    before = {path: path.read_bytes() if path.is_file() else None for path in paths}
    try:
        yield
    finally:
        for path, content in before.items():
            if content is not None:
                path.write_bytes(content)
            elif path.is_file():
                path.unlink()
