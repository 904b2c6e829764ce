"""The SQL of a revision as it was seen running: statements and where transactions end."""

from collections.abc import Iterator, Sequence

from alembic_ci.project.executions import Execution, Kind

BEGIN, COMMIT, ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"


def body(executions: Sequence[Execution], *, transactional: bool) -> tuple[Execution, ...]:
    """Return what the revision's own function did, without reads, transactions written out.

    In a *transactional* script the revision begins and must end within a transaction. In another
    every statement stands for itself, unless the revision takes something back.
    """
    told = (item for item in executions if item.kind is not Kind.UNSEEN)
    ours = [item for item in told if not item.version and not item.read]
    if transactional:
        return tuple(_in_transactions(ours, begun=True))
    if any(item.kind is Kind.ROLLBACK for item in ours):
        return tuple(_in_transactions(ours, begun=False))
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
