"""SQLite files as env.py sees them."""

import dataclasses
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic_ci.urls import DatabaseURL, Dialect


def anchored(url: DatabaseURL, directory: Path) -> DatabaseURL:
    """Return *url* with a relative SQLite file made absolute, as env.py's own folder sees it."""
    if url.dialect is not Dialect.SQLITE or not url.database or url.database.startswith("file:"):
        return url
    path = directory / url.database
    return dataclasses.replace(url, database=str(path), written="")


@contextmanager
def unborn_files_kept_away(urls: Iterable[DatabaseURL]) -> Iterator[None]:
    """Remove the empty SQLite files that mere looking has made."""
    files = [Path(url.database or "") for url in urls if url.dialect is Dialect.SQLITE]
    absent = [file for file in files if not file.exists()]
    try:
        yield
    finally:
        for file in absent:
            if file.is_file() and not file.stat().st_size:
                file.unlink()
