"""Import revisions before env.py runs, as far as they need nothing of the project's own.

What they import of it may need what env.py sets up first: sys.path, process variables, an
application. Alembic imports them after env.py, and then so do we.
"""

from __future__ import annotations

import sys
from typing import Any

from alembic.script import ScriptDirectory

from .collector import importing
from .loading import Project

_KNOWN = frozenset({"alembic", "sqlalchemy"}) | getattr(sys, "stdlib_module_names", frozenset())


class _Refusal:
    """Finds no module that could be the project's; *refused* tells that one was asked for."""

    def __init__(self) -> None:
        self.refused = False

    def find_spec(self, name: str, *_: Any) -> None:
        """Return none, for the next finder to be asked, or refuse."""
        if name.partition(".")[0] not in _KNOWN:
            self.refused = True
            raise ModuleNotFoundError(name)


def import_revisions(project: Project) -> None:
    """Import all of them, or leave it to the time when env.py configures Alembic."""
    refusal: Any = _Refusal()
    sys.meta_path.insert(0, refusal)
    try:
        with importing():
            project.script.get_heads()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - whatever it is, it is raised again when it counts
        refusal.refused = True
    finally:
        sys.meta_path.remove(refusal)
    if refusal.refused:
        project.script = ScriptDirectory.from_config(project.config)
