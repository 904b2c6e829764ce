"""Notice who goes past SQLAlchemy to the driver: what is executed there, nobody sees.

SQLAlchemy hands out the driver's connection inside a proxy, whose class is private but the same
from 1.4 to 2.1. Only the proxy's doors to the driver are watched; what comes out of them is the
driver's own, for drivers do not take anything else from their extensions.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import Any, Callable, Iterator

import sqlalchemy
from sqlalchemy.pool import base

_OWN = (os.path.dirname(sqlalchemy.__file__) + os.sep, os.path.dirname(__file__) + os.sep)
_EXECUTING = frozenset(("execute", "executemany", "executescript", "query"))


@contextmanager
def doors_watched(told: Callable[[], None]) -> Iterator[None]:
    """Call *told* whenever somebody else than SQLAlchemy or we asks for something to execute."""
    proxy: Any = base._ConnectionFairy  # noqa: SLF001
    cursor, others, driver = proxy.cursor, proxy.__getattr__, proxy.driver_connection

    def watched_cursor(self: Any, *arguments: Any, **options: Any) -> Any:
        _tell(told)
        return cursor(self, *arguments, **options)

    def watched_others(self: Any, name: str) -> Any:
        if name in _EXECUTING:
            _tell(told)
        return others(self, name)

    def watched_driver(self: Any) -> Any:
        _tell(told)
        return driver.fget(self)

    proxy.cursor, proxy.__getattr__ = watched_cursor, watched_others
    proxy.driver_connection = property(watched_driver)
    try:
        yield
    finally:
        proxy.cursor, proxy.__getattr__, proxy.driver_connection = cursor, others, driver


def _tell(told: Callable[[], None]) -> None:
    if not sys._getframe(2).f_code.co_filename.startswith(_OWN):  # noqa: SLF001
        told()
