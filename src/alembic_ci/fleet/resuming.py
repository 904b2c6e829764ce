"""Go on where an earlier run ended: leave out the databases that its report says are done."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic_ci.errors import SettingsError
from alembic_ci.model import StatusResult

_KEYS = ("schema", "command", "environments")
_SCHEMA = 1
_DONE_BEFORE = "done before"

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What an earlier run did: where each database stood, by environment, label and location."""

    path: str
    done: Mapping[Key, StatusResult]

    @property
    def reason(self) -> str:
        """Say why a database is left out."""
        return f"{_DONE_BEFORE}, says {self.path}"

    def standing(self, key: Key, *, heads: Sequence[str], target: str) -> StatusResult | None:
        """Return where a database stood that was done, if the goal is the same as now."""
        status = self.done.get(key)
        if status and set(status.heads) == set(heads) and status.target == target:
            return status
        return None


def earlier(path: Path, command: str) -> Earlier:
    """Read the report of a run of the same *command*.

    Raises:
        SettingsError: It is no such report.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"The report to resume from cannot be read: {path}: {error.strerror}.",
            remedy="Give the path of the earlier run's report.json, or leave --resume-from out.",
        ) from error
    except ValueError as error:
        raise _unfit(path, "it is not JSON") from error
    if not isinstance(document, dict) or not all(key in document for key in _KEYS):
        raise _unfit(path, "it is no report of alembic-ci")
    if document["schema"] != _SCHEMA:
        raise _unfit(path, "another version of alembic-ci wrote it")
    if document["command"] != command:
        raise _unfit(path, f"it tells of `{document['command']}`, not of `{command}`")
    try:
        return Earlier(path=str(path), done=dict(_done(document)))
    except (KeyError, TypeError, AttributeError) as error:
        raise _unfit(path, "it is no report of alembic-ci") from error


def _done(document: Mapping[str, Any]) -> Iterator[tuple[Key, StatusResult]]:
    for environment in document["environments"]:
        for database in environment["databases"]:
            status = database["status_after"]
            if status and all(map(_is_done, database["steps"])):
                key = environment["name"], database["label"], database["location"]
                yield key, _status(status)


def _is_done(step: Mapping[str, Any]) -> bool:
    """Tell whether a step passed, in that run or in the one it was resumed from."""
    return step["state"] == "passed" or str(step["reason"]).startswith(_DONE_BEFORE)


def _status(status: Mapping[str, Any]) -> StatusResult:
    return StatusResult(
        initialised=bool(status["initialised"]),
        current=tuple(map(str, status["current"])),
        heads=tuple(map(str, status["heads"])),
        target=str(status["target"]),
        pending=tuple(map(str, status["pending"])),
        unknown=tuple(map(str, status["unknown"])),
    )


def _unfit(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"{path} is not a report to resume from: {why}.",
        remedy="Give the report.json of the run that did not get to its end.",
    )
