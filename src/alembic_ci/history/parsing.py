"""One revision file's bytes to a ``Revision``, by syntax tree: nothing is imported or run."""

import ast
import io
import re
import sys
import tokenize
from collections.abc import Mapping
from pathlib import Path

from alembic_ci.errors import HistoryError
from alembic_ci.history.bodies import entries
from alembic_ci.history.constants import Assignment, Unreadable, assignments
from alembic_ci.history.imports import imported
from alembic_ci.history.revision import Revision

_MARK = b"alembic-ci:"
_DISPATCH = b"globals"
_IRREVERSIBLE = re.compile(
    r"#+\s*alembic-ci:\s*irreversible\b[\s:,.-]*(?P<reason>.*)", re.IGNORECASE
)
_ID_IN_FILE_NAME = re.compile(r"([a-f0-9]+)\.py$")  # as in Alembic before 0.2
_FORBIDDEN_IN_IDS = "@-+:"


def parsed(source: bytes, path: Path, shown: str) -> Revision:
    """Return the revision that *source* describes; *shown* is how errors name the file.

    Raises:
        HistoryError: the file does not compile, or its identifiers cannot be read.
    """
    module = _module(source, shown)
    file = _File(shown, assignments(module, imported(module, path)))
    identifier, line = file.identifier(path)
    # A name may be written in other characters that mean the same.
    dispatching = _DISPATCH in source or not source.isascii()
    upgrade, downgrade = entries(module, "upgrade", "downgrade", dispatching=dispatching)
    parents = file.required("down_revision")
    return Revision(
        revision=identifier,
        message=_message(module),
        path=path,
        line=line,
        down_revisions=file.texts("down_revision"),
        parent_line=parents.line,
        depends_on=file.texts("depends_on"),
        branch_labels=file.texts("branch_labels"),
        upgrade=upgrade.body,
        downgrade=downgrade.body,
        downgrade_line=downgrade.line,
        irreversible=_irreversible(source) if _MARK in source else None,
    )


def _module(source: bytes, shown: str) -> ast.Module:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:  # a null byte, before Python 3.11.4
        line = error.lineno if isinstance(error, SyntaxError) else None
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        place = f"{shown}:{line}" if line else shown
        raise HistoryError(
            f"{place} is not valid Python: {said}.",
            meaning="No revision can run while one file cannot be read: Alembic loads them all.",
            remedy=f"Correct the file. It was read with Python {version}; if it uses newer syntax, "
            "run alembic-ci on that Python.",
        ) from error


def _message(module: ast.Module) -> str:
    text = ast.get_docstring(module, clean=False) or ""
    return next(iter(text.strip().splitlines()), "").strip()


def _irreversible(source: bytes) -> str | None:
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT and (match := _IRREVERSIBLE.match(token.string)):
            return match["reason"].strip()
    return None


class _File:
    """The identifiers of one revision file."""

    def __init__(self, shown: str, names: Mapping[str, Assignment]) -> None:
        self._shown = shown
        self._names = names

    def identifier(self, path: Path) -> tuple[str, int]:
        """Return the revision id and its line; very old files carry it in their name only."""
        legacy = _ID_IN_FILE_NAME.match(path.name)
        if "revision" not in self._names and legacy:
            return legacy[1], 1
        line = self.required("revision").line
        match self.texts("revision"):
            case (text,) if text and not set(text) & set(_FORBIDDEN_IN_IDS):
                return text, line
        raise HistoryError(
            f"{self._shown}:{line}: `revision` is not a usable revision id.",
            remedy="Make it one non-empty string without any of the characters @ - + and :.",
        )

    def required(self, name: str) -> Assignment:
        """Return the assignment of *name*, which every revision file must have."""
        if name in self._names:
            return self._names[name]
        raise HistoryError(
            f"{self._shown} has no `{name}` at its top level.",
            meaning="Alembic takes every .py file of a versions folder for a revision.",
            remedy=f"Set `{name}` in the file, or move the file out of the versions folder.",
        )

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the strings that *name* holds: none, one or several."""
        match self._names.get(name):
            case None | Assignment(value=None):
                return ()
            case Assignment(value=str() as text):
                return (text,)
            case Assignment(value=tuple() as items):
                texts = tuple(item for item in items if isinstance(item, str))
                if len(texts) == len(items):
                    return texts
            case Assignment(line=line, value=Unreadable(source=source)):
                raise HistoryError(
                    f"{self._shown}:{line}: `{name} = {source}` cannot be read without running it.",
                    meaning="Revisions are read without importing them, so that reading the "
                    "history runs none of the project's code.",
                    remedy=f"Write the value of `{name}` out as a string or a tuple of strings.",
                )
        raise HistoryError(
            f"{self._shown}:{self._names[name].line}: `{name}` is neither a string, a tuple of "
            "strings nor None.",
            remedy="Write revision ids and branch labels as strings.",
        )
