"""Send passwords to MariaDB and MySQL in UTF-8, as every other client does.

PyMySQL, aiomysql and asyncmy encode it as Latin-1 (``connections.py`` of
https://github.com/PyMySQL/PyMySQL, which the others are made from), so that the server refuses a
password beyond ASCII, or it cannot even be sent.
"""

from __future__ import annotations

from typing import Any, Dict

from sqlalchemy import event
from sqlalchemy.engine import Engine

_DRIVERS = ("pymysql", "aiomysql", "asyncmy")
_NAMES = ("password", "passwd")  # SQLAlchemy 2 and 1.4


def send_utf8() -> None:
    """Listen on every engine of the process."""
    event.listen(Engine, "do_connect", _encode)


def _encode(dialect: Any, _record: Any, _arguments: Any, options: Dict[str, Any]) -> None:
    if dialect.driver not in _DRIVERS:
        return
    for name in _NAMES:
        password = options.get(name)
        if isinstance(password, str) and not password.isascii():
            # A text whose Latin-1 is the password's UTF-8; aiomysql does not take bytes.
            options[name] = password.encode("utf-8").decode("latin-1")
