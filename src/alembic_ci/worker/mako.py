"""Mako, which Alembic imports to write new revisions, as far as it is needed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Iterator

_HIGHLIGHTING = "mako.ext.pygmentplugin"


@contextmanager
def without_highlighting() -> Iterator[None]:
    """Import Alembic without what shows Mako's errors as HTML.

    That takes a fifth of the whole time: it imports many of Pygments' modules.
    """
    sys.modules[_HIGHLIGHTING] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[_HIGHLIGHTING]
