"""Enter the Flask application that env.py asks for, as the command ``flask db`` does before it."""

from __future__ import annotations

import functools
import importlib
import os
from contextlib import ExitStack
from typing import Any

from alembic.script import ScriptDirectory

_ASKS = b"current_app"


def enter_applications() -> None:
    """Let every env.py that takes its database from ``flask.current_app`` find one."""
    real = ScriptDirectory.run_env

    def run_env(self: ScriptDirectory) -> None:
        with ExitStack() as stack:
            if _asks(os.path.join(self.dir, "env.py")):
                stack.enter_context(_application().app_context())
            real(self)

    ScriptDirectory.run_env = run_env  # type: ignore[method-assign]


def _asks(file: str) -> bool:
    with open(file, "rb") as stream:
        if _ASKS not in stream.read():
            return False
    try:
        flask: Any = importlib.import_module("flask")
    except ImportError:
        return False
    return not flask.has_app_context()


@functools.lru_cache(maxsize=None)
def _application() -> Any:
    """Find it as the command ``flask`` does: https://flask.palletsprojects.com/en/stable/cli/."""
    command_line: Any = importlib.import_module("flask.cli")
    command_line.load_dotenv()
    return command_line.ScriptInfo(os.environ.get("FLASK_APP")).load_app()
