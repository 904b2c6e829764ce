"""Read ``plan.json``."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from alembic_ci.errors import SettingsError
from alembic_ci.plans.document import SCHEMA, Plan, PlannedDatabase, PlannedRevision, Versions


def read_plan(path: Path) -> Plan:
    """Return the plan in a file.

    Raises:
        SettingsError: There is none, or it is no plan of this version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The plan {path} cannot be read: {error.strerror}.",
            meaning="It is an artifact of the job that ran `plan`.",
            remedy="Let this job have that job's artifacts, and give the path of its plan.json.",
        ) from error
    except ValueError as error:
        raise _unfit(path, "it is not JSON") from error
    if not isinstance(document, dict) or "databases" not in document:
        raise _unfit(path, "it is no plan of alembic-ci")
    if document.get("schema") != SCHEMA:
        raise _unfit(path, "another version of alembic-ci wrote it")
    try:
        return _plan(document, path.absolute().parent)
    except (KeyError, TypeError) as error:
        raise _unfit(path, "it is not complete") from error


def _plan(document: Mapping[str, Any], folder: Path) -> Plan:
    versions = document["versions"]
    return Plan(
        created_at=str(document["created_at"]),
        commit=str(document["commit"]),
        versions=Versions(**{name: str(versions[name]) for name in Versions.__slots__}),
        databases=tuple(map(_database, document["databases"])),
        folder=folder,
    )


def _database(item: Mapping[str, Any]) -> PlannedDatabase:
    texts = ("environment", "label", "dialect", "location", "target", "sql_path", "sql_sha256")
    return PlannedDatabase(
        **{name: str(item[name]) for name in texts},
        current=_texts(item["current"]),
        heads=_texts(item["heads"]),
        revisions=tuple(map(_revision, item["revisions"])),
    )


def _revision(item: Mapping[str, Any]) -> PlannedRevision:
    return PlannedRevision(**{name: str(item[name]) for name in PlannedRevision.__slots__})


def _texts(items: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, items))


def _unfit(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"{path} cannot be used as a plan: {why}.",
        remedy="Make it with `alembic-ci plan`, and change nothing in it.",
    )
