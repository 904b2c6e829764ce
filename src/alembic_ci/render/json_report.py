"""The report for programs; ``report.schema.json`` beside this file describes it."""

import json
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import IntEnum, StrEnum
from functools import cache
from json.encoder import encode_basestring
from pathlib import Path
from typing import TypeAlias

from alembic_ci.model import (
    ChangeResult,
    DatabaseReport,
    DiagnosisResult,
    EnvironmentReport,
    Report,
    RollbackResult,
    SqlResult,
    Statement,
    StatusResult,
    TextResult,
)

SCHEMA = 1
SCHEMA_PATH = Path(__file__).with_name("report.schema.json")

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_KINDS: dict[type, str] = {
    StatusResult: "status",
    SqlResult: "sql",
    RollbackResult: "rollback",
    ChangeResult: "change",
    DiagnosisResult: "diagnosis",
    TextResult: "text",
}


# What the model derives, and is written out before the fields.
_DERIVED: dict[type, tuple[str, ...]] = {
    Report: ("state",),
    EnvironmentReport: ("state",),
    DatabaseReport: ("state",),
    StatusResult: ("up_to_date",),
    Statement: ("risk",),
}
_number = json.JSONEncoder(allow_nan=False).encode


def json_report(report: Report) -> str:
    """Return the whole report as JSON text that ends with a line feed.

    Keys stand in the order in which the model names its fields. Results carry a ``kind``, and what
    the model derives (``state``, ``up_to_date``, ``risk``) is written out.
    """
    text = _object(report, "\n", [f'"schema": {SCHEMA}'])
    # A file name may hold bytes that are no UTF-8; as an escape they are still valid JSON.
    return text.encode(errors="backslashreplace").decode() + "\n"


def _written(value: object, newline: str) -> str:
    """Return *value*, whose lines begin with *newline*: a line feed and white space.

    The indenting encoder of the standard library is in Python, and takes three times as long.
    """
    if type(value) is str:
        return encode_basestring(value)
    if value is None:
        return "null"
    if isinstance(value, tuple):
        return _array(value, newline)
    if isinstance(value, StrEnum | IntEnum):
        return _written(value.value, newline)
    if isinstance(value, bool | int | float):
        return _number(value)
    if is_dataclass(value):
        kind = _KINDS.get(type(value))
        return _object(value, newline, [f'"kind": "{kind}"'] if kind else [])
    raise TypeError(f"the report holds a {type(value).__name__}, which has no place in JSON")


def _array(values: tuple[object, ...], newline: str) -> str:
    if not values:
        return "[]"
    inner = f"{newline}  "
    written = f",{inner}".join([_written(item, inner) for item in values])
    return f"[{inner}{written}{newline}]"


def _object(value: object, newline: str, before: Sequence[str]) -> str:
    inner = f"{newline}  "
    kind: type = type(value)
    members = [f'"{name}": {_written(getattr(value, name), inner)}' for name in _names(kind)]
    written = f",{inner}".join([*before, *members])
    return f"{{{inner}{written}{newline}}}"


@cache
def _names(kind: type) -> tuple[str, ...]:
    return (*_DERIVED.get(kind, ()), *(field.name for field in fields(kind)))
