"""The report for programs; ``report.schema.json`` beside this file describes it."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import IntEnum, StrEnum
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


def json_report(report: Report) -> str:
    """Return the whole report as JSON text that ends with a line feed.

    Keys stand in the order in which the model names its fields. Results carry a ``kind``, and what
    the model derives (``state``, ``up_to_date``, ``risk``) is written out.
    """
    whole = {"schema": SCHEMA, **dict(_members(report))}
    text = json.dumps(whole, indent=2, ensure_ascii=False, allow_nan=False)
    # A file name may hold bytes that are no UTF-8; as an escape they are still valid JSON.
    return text.encode(errors="backslashreplace").decode() + "\n"


def _members(value: object) -> Iterator[tuple[str, Json]]:
    kind = _KINDS.get(type(value))
    if kind:
        yield "kind", kind
    if isinstance(value, Report | EnvironmentReport | DatabaseReport):
        yield "state", value.state.value
    if isinstance(value, StatusResult):
        yield "up_to_date", value.up_to_date
    if isinstance(value, Statement):
        yield "risk", value.risk.value
    if is_dataclass(value):
        yield from ((field.name, _json(getattr(value, field.name))) for field in fields(value))


def _json(value: object) -> Json:
    match value:
        case StrEnum() | IntEnum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case tuple():
            return [_json(item) for item in value]
        case _ if is_dataclass(value):
            return dict(_members(value))
    raise TypeError(f"the report holds a {type(value).__name__}, which has no place in JSON")
