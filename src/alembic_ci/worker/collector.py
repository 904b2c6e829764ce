"""Python's garbage collector, kept from looking through what stays anyway."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Iterator

_PATIENT = 50_000  # new objects before it looks at them


@contextmanager
def importing() -> Iterator[None]:
    """Let it rest meanwhile; it never looks at what was imported."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def patient() -> Iterator[None]:
    """Let it look less often: not where connections are made, which may be closed by it alone."""
    before = gc.get_threshold()
    gc.set_threshold(_PATIENT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
