"""Name the real database in statements that a scratch database has seen."""

from collections.abc import Iterable


def renamed(statements: Iterable[str], scratch: str | None, real: str | None) -> tuple[str, ...]:
    """Write *real* where a revision has asked for the name of the database that it is in.

    *scratch* is a name that nobody could have guessed.
    """
    if not scratch or not real:
        return tuple(statements)
    return tuple(statement.replace(scratch, real) for statement in statements)
