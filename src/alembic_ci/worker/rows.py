"""Run the tool's questions on the connection of ``env.py``, through the driver's own cursor."""

from __future__ import annotations

from typing import Any

from . import protocol
from .failures import described
from .protocol import Message


def answer(connection: Any, sql: str) -> Message:
    """Return the rows of *sql* as plain values, or why there are none."""
    try:
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()
    except Exception as error:  # noqa: BLE001 - every driver has its own exceptions
        return {"event": protocol.ROWS, "rows": [], "failure": described(error, [])}
    plain = [[_plain(value) for value in row] for row in rows]
    return {"event": protocol.ROWS, "rows": plain, "failure": None}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
