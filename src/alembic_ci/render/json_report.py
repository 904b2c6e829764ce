"""The report for programs; ``report.schema.json`` beside this file describes it."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from json.encoder import encode_basestring
from math import isfinite
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

    The indenting encoder of the standard library is in Python, and takes many times as long.
    """
    if value is None:
        return "null"
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, tuple):
        return _array(value, newline) if value else "[]"
    if isinstance(value, int | float):
        return _number(value)
    if is_dataclass(value):
        return _object(value, newline)
    raise TypeError(f"the report holds a {type(value).__name__}, which has no place in JSON")


def _number(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return int.__repr__(value)
    if not isfinite(value):
        raise ValueError(f"the report holds {value}, which has no place in JSON")
    return float.__repr__(value)


def _array(values: tuple[object, ...], newline: str) -> str:
    inner = f"{newline}  "
    written = f",{inner}".join([_written(item, inner) for item in values])
    return f"[{inner}{written}{newline}]"


def _object(value: object, newline: str, before: Sequence[str] = ()) -> str:
    inner = f"{newline}  "
    made: type = type(value)
    kind, names = _form(made)
    members = [f"{key}{_written(getattr(value, name), inner)}" for key, name in names]
    return f"{{{inner}{f',{inner}'.join((*before, *kind, *members))}{newline}}}"


@cache
def _form(kind: type) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Return the kind of a result, and the names with the keys as they are written."""
    names = (*_DERIVED.get(kind, ()), *(field.name for field in fields(kind)))
    told = (f'"kind": "{_KINDS[kind]}"',) if kind in _KINDS else ()
    return told, tuple((f'"{name}": ', name) for name in names)
