"""What a statement may have done that no schema shows."""

import re
from collections.abc import Iterator

from alembic_ci.statements import actions, statements
from alembic_ci.statements.actions import ends_transaction
from alembic_ci.urls import Dialect

_ROWS = frozenset({"insert", "replace", "merge", "update", "delete", "truncate table", "load"})
_INSERTS = frozenset({"insert", "replace"})
_UNSEEN = frozenset({"SELECT", "WITH", "CALL", "DO", "EXECUTE", "PERFORM"})
_CATALOGUES = re.compile(
    r"information_schema|\bpg_\w+|sqlite_master|sqlite_schema|\bpragma\b|\bversion\s*\("
    r"|\bcurrent_\w+|\bdatabase\s*\(|@@\w+|\bshow\b",
    re.IGNORECASE,
)


def cut(text: str, dialect: Dialect) -> Iterator[str]:
    """Yield the statements of a text that was sent at once, without transaction control."""
    for piece in statements(text, dialect):
        if not ends_transaction(piece.parts):
            yield piece.sql.strip().rstrip(";")


def changes_rows(sql: str, dialect: Dialect) -> bool:
    """Tell whether a statement may change rows, or do what its text does not show."""
    for piece in statements(sql, dialect):
        did = actions(piece.parts, dialect)
        if any(action.kind in _ROWS for action in did):
            return True
        if not did and piece.parts and piece.parts[0].text.upper() in _UNSEEN:
            return True
    return False


def filled_table(sql: str, dialect: Dialect) -> str | None:
    """Return the bare name of the table that an INSERT puts rows into, if that is all it does."""
    did = [item for piece in statements(sql, dialect) for item in actions(piece.parts, dialect)]
    if len(did) == 1 and did[0].kind in _INSERTS:
        return did[0].object.rpartition(".")[2].strip('`"')
    return None


def reads_rows(sql: str) -> bool:
    """Tell whether a query's answer depends on rows, and not only on the schema or the session."""
    return _CATALOGUES.search(sql) is None
