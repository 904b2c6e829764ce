"""A comment as files, for a job with more rights than this one to post.

``comment.md`` is what to say, ``comment.json`` below which pull request and under which key. A job
that reads them must not believe them: they may have been written by a fork.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from alembic_ci.ci.files import write_text
from alembic_ci.ci.json_values import content, inside, number, text
from alembic_ci.errors import SettingsError

TEXT_FILE, FACTS_FILE = "comment.md", "comment.json"
LARGEST_BODY = 65_000
"""Characters of a comment without its marker; GitHub takes 65,536 in all."""

_LARGEST_KEY = 300
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What to post; *create* is false where only a comment that is there is to be updated."""

    pull_request: int
    key: str
    create: bool
    body: str


def pack(folder: Path, parcel: Parcel) -> None:
    """Write both files; see ``write_text`` for errors."""
    facts = {
        "version": _VERSION,
        "pull_request": parcel.pull_request,
        "key": parcel.key,
        "create": parcel.create,
    }
    write_text(folder / TEXT_FILE, parcel.body)
    write_text(folder / FACTS_FILE, json.dumps(facts, indent=2) + "\n")


def unpack(folder: Path) -> Parcel:
    """Read what another job packed.

    Raises:
        SettingsError: There is none, or it is not what ``pack`` writes.
    """
    facts = content(_read(folder / FACTS_FILE))
    key, body = text(facts, "key"), _read(folder / TEXT_FILE)
    if inside(facts, "version") != _VERSION or not number(facts, "pull_request") or not key:
        raise _unfit(folder / FACTS_FILE, "is not what alembic-ci writes")
    if len(key) > _LARGEST_KEY or not key.isprintable():
        raise _unfit(folder / FACTS_FILE, "has a key that alembic-ci would not write")
    if not body.strip() or len(body) > LARGEST_BODY:
        raise _unfit(folder / TEXT_FILE, "is empty, or too large for a comment")
    return Parcel(
        pull_request=number(facts, "pull_request"),
        key=key,
        create=inside(facts, "create") is True,
        body=body,
    )


def _read(path: Path) -> str:
    """Return a file's text; whoever wrote the folder may not lead us to another file by a link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, encoding="utf-8") as file:
            return file.read(LARGEST_BODY + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise _unfit(path, "is missing, or cannot be read") from error


def _unfit(path: Path, what: str) -> SettingsError:
    return SettingsError(
        f"{path} {what}.",
        meaning="`comment` posts what a job for a pull request left in its report folder.",
        remedy="Download that job's artifact, and name its folder with --report-dir.",
    )
