"""The ``environments`` output: JSON with one small object a database."""

import json
from collections.abc import Mapping, Sequence

from alembic_ci.model import Report
from alembic_ci.render.failures import failures
from alembic_ci.render.rows import Row
from alembic_ci.render.scripts import same_as, statement_count

# Below the 131,072 bytes that Linux allows a process variable, with room for the name.
_LIMIT = 100_000

Described = dict[str, str | int | None]


def described(report: Report, found: Sequence[Row]) -> str:
    """Return a compact JSON array in ASCII.

    Too many databases for the whole are told by name and status only, and beyond that the array
    ends with an object whose one key ``left_out`` counts the rest.
    """
    classes = _failure_classes(report)
    twins = same_as(found)
    whole = _array([_whole(row, classes.get(row.name, ""), twins) for row in found])
    if len(whole) <= _LIMIT:
        return whole
    return _array(_bounded([_brief(row) for row in found]))


def _whole(row: Row, failure_class: str, twins: Mapping[str, str]) -> Described:
    return {
        **_brief(row),
        "dialect": row.database.dialect if row.database else "",
        "failure_class": failure_class,
        "current": None if row.current is None else " ".join(row.current),
        "target": None if row.target is None else " ".join(row.target),
        "pending": None if row.pending is None else len(row.pending),
        "applied": len(row.applied),
        "sql_path": row.sql.upgrade_path if row.sql else "",
        "sql_sha256": row.sql.sha256 if row.sql else "",
        "sql_statements": statement_count(row.sql) if row.sql else None,
        "sql_risk": row.risk.value if row.sql and row.risk else None,
        "sql_same_as": twins.get(row.name, ""),
    }


def _brief(row: Row) -> Described:
    return {"environment": row.environment, "label": row.label, "status": row.state.value}


def _bounded(objects: Sequence[Described]) -> list[Described]:
    left_for_all = _LIMIT - len(_array([{"left_out": len(objects)}]))
    kept: list[Described] = []
    for item in objects:
        left_for_all -= len(_array([item]))
        if left_for_all < 0:
            return [*kept, {"left_out": len(objects) - len(kept)}]
        kept.append(item)
    return kept


def _array(objects: Sequence[Described]) -> str:
    return json.dumps(objects, separators=(",", ":"))


def _failure_classes(report: Report) -> dict[str, str]:
    classes: dict[str, str] = {}
    for failure in failures(report):
        for name in failure.where:
            classes.setdefault(name, failure.problem.failure_class)
    return classes
