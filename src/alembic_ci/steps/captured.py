"""The SQL of a revision as it was seen running: statements and where transactions end."""

import dataclasses
import re
from collections.abc import Iterator, Sequence

from alembic_ci.project.executions import Execution, Kind
from alembic_ci.urls import Dialect

BEGIN, COMMIT, ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"
_SPOKEN = {
    Kind.BEGIN: r"begin(\s+(deferred|immediate|exclusive|work|transaction))*|start\s+transaction",
    Kind.COMMIT: r"(commit|end)(\s+(work|transaction))?",
    Kind.ROLLBACK: r"rollback(\s+(work|transaction))?",
}
_OUTLIVING = {
    BEGIN: ("SET autocommit = 0",),
    COMMIT: ("COMMIT", "SET autocommit = 1"),
    ROLLBACK: ("ROLLBACK", "SET autocommit = 1"),
}
_SAVEPOINT = re.compile(r"\s*savepoint\b", re.IGNORECASE)


def body(
    executions: Sequence[Execution], dialect: Dialect, *, transactional: bool
) -> tuple[Execution, ...]:
    """Return what the revision's own function did, without reads, transactions written out.

    In a *transactional* script the revision begins and must end within a transaction. In another
    every statement stands for itself, unless the revision takes something back, or may do so.
    """
    told = (item for item in executions if item.kind is not Kind.UNSEEN)
    ours = [item for item in told if not item.version and not item.read]
    if transactional:
        return tuple(_in_transactions(ours, begun=True))
    ours = [_as_boundary(item) for item in ours]
    if any(item.kind is Kind.ROLLBACK or _is_savepoint(item) for item in ours):
        written = _in_transactions(ours, begun=False)
        return tuple(map(_outliving, written) if dialect is Dialect.MYSQL else written)
    return tuple(item for item in ours if item.kind is Kind.STATEMENT)


def unwritten(executions: Sequence[Execution]) -> Execution | None:
    """Return the first statement with a value that has no literal."""
    return next((item for item in executions if item.unwritten and not item.read), None)


def reads(executions: Sequence[Execution]) -> int:
    """Count the queries that the revision's own function made."""
    return sum(item.read and not item.version for item in executions)


def unseen(executions: Sequence[Execution]) -> tuple[int, ...]:
    """Return the lines of the revision that use the driver directly."""
    lines = (item.line for item in executions if item.kind is Kind.UNSEEN)
    return tuple(sorted({line for line in lines if line}))


def _as_boundary(item: Execution) -> Execution:
    """Take a statement that only begins or ends a transaction for what SQLAlchemy tells of one.

    It may stand for that: its documentation has a project begin SQLite's transactions itself.
    """
    if item.kind is not Kind.STATEMENT or len(item.texts) != 1:
        return item
    text = item.texts[0].strip("; \t\r\n")
    for kind, pattern in _SPOKEN.items():
        if re.fullmatch(pattern, text, re.IGNORECASE):
            return dataclasses.replace(item, kind=kind)
    return item


def _is_savepoint(item: Execution) -> bool:
    return any(_SAVEPOINT.match(text) for text in item.texts)


def _in_transactions(executions: Sequence[Execution], *, begun: bool) -> Iterator[Execution]:
    """Write BEGIN before the first statement that stands in a transaction, and the end of each."""
    inside = begun
    for item in executions:
        if item.kind is Kind.STATEMENT:
            if inside is item.autocommit:
                yield _boundary(COMMIT if inside else BEGIN)
                inside = not inside
            yield item
        elif item.kind is not Kind.BEGIN and inside:
            yield _boundary(COMMIT if item.kind is Kind.COMMIT else ROLLBACK)
            inside = False
    if inside is not begun:
        yield _boundary(BEGIN if begun else COMMIT)


def _boundary(text: str) -> Execution:
    return Execution(kind=Kind.STATEMENT, texts=(text,))


def _outliving(item: Execution) -> Execution:
    """Let a transaction go on after a CREATE TABLE, which ends one that BEGIN has begun."""
    texts = _OUTLIVING.get(item.texts[0]) if item.kind is Kind.STATEMENT and item.texts else None
    return dataclasses.replace(item, texts=texts) if texts else item
