"""Take idle connections from engines that outlive a run of ``env.py``.

An application often has one engine for as long as it runs, and env.py takes that. The ``alembic``
command ends with its process; here the next run finds another database under the same name, to
which a connection from before does not lead.
"""

from __future__ import annotations

import gc
from typing import Any
from weakref import WeakSet

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import SingletonThreadPool, StaticPool

_IN_MEMORY = (SingletonThreadPool, StaticPool)
"""What holds a database of SQLite in memory, which would be gone with its connection."""


class Pools:
    """The engines that have connected in this process."""

    def __init__(self) -> None:
        self._engines: "WeakSet[Any]" = WeakSet()
        event.listen(Engine, "engine_connect", self._connected)

    def empty(self) -> None:
        """Let the next run make connections of its own."""
        waiting = False
        for engine in [one for one in self._engines if not isinstance(one.pool, _IN_MEMORY)]:
            if getattr(engine.dialect, "is_async", False):
                # They belong to an event loop that has ended, and can only be forgotten.
                waiting = waiting or bool(getattr(engine.pool, "checkedin", int)())
                engine.pool = engine.pool.recreate()
            else:
                engine.dispose()
        self._engines.clear()
        if waiting:
            gc.collect()  # their sockets are closed only now

    def _connected(self, *arguments: Any) -> None:
        self._engines.add(arguments[0].engine)
