"""What statements do to rows."""

from collections.abc import Iterator

from alembic_ci.statements.action import Action
from alembic_ci.statements.reader import Reader

# Any of these chooses rows, or may: DELETE ... USING and the joins of MySQL.
_CHOICE = ("WHERE", "LIMIT", "JOIN", "USING", "RETURNING")
_VERBS = ("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE")


def data(verb: str, rest: Reader) -> Iterator[Action]:
    """Yield what a statement that begins with *verb* does; *rest* stands behind it."""
    match verb:
        case "INSERT" | "REPLACE" | "MERGE":
            rest.skip("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY", "IGNORE", "INTO", "OVERWRITE")
            rest.skip("OR", "REPLACE", "ABORT", "FAIL", "ROLLBACK", "INTO")
            yield Action(kind=verb.lower(), object=rest.name(), others=_source(rest))
        case "UPDATE":
            yield _update(rest)
        case "DELETE":
            yield _delete(rest)
        case "TRUNCATE":
            rest.skip("TABLE", "ONLY")
            for name in rest.names():
                yield Action(kind="truncate table", object=name, loses=f"every row of {name}")
        case "COPY" | "LOAD":
            yield Action(kind="load", object=rest.name())


def with_queries(rest: Reader) -> Iterator[Action]:
    """Yield what the statement behind WITH does, and what the queries in parentheses do."""
    for verb in _VERBS:
        behind = rest.after(verb)
        if behind.rest:
            yield from data(verb, behind)
            break
    for index, token in enumerate(rest.rest):
        inner = Reader(rest.rest[index:]).inner() if token.text == "(" else Reader(())
        if inner.word in _VERBS:
            yield from data(inner.next(), inner)


def _update(rest: Reader) -> Action:
    rest.skip("LOW_PRIORITY", "IGNORE", "ONLY", "OR", "REPLACE", "ABORT", "FAIL", "ROLLBACK")
    table = rest.name()
    columns = tuple(_assigned(rest.after("SET")))
    every = not _chosen(rest)
    shown = ", ".join(f"{table}.{column}" for column in columns)
    loses = f"the old values of {shown or table} in every row" if every else ""
    return Action(kind="update", object=table, parts=columns, loses=loses)


def _assigned(rest: Reader) -> Iterator[str]:
    for clause in rest.clauses():
        column = clause.name()
        if clause.sign in {"=", ":="} and column:
            yield column.rpartition(".")[2]


def _delete(rest: Reader) -> Action:
    rest.skip("LOW_PRIORITY", "QUICK", "IGNORE", "FROM", "ONLY")
    table = rest.name()
    loses = "" if _chosen(rest) else f"every row of {table}"
    return Action(kind="delete", object=table, loses=loses)


def _chosen(rest: Reader) -> bool:
    return any(rest.has(word) for word in _CHOICE) or rest.after("SET").has("FROM")


def _source(rest: Reader) -> tuple[str, ...]:
    """Return the first table that INSERT ... SELECT reads."""
    name = rest.after("FROM").name()
    return (name,) if name else ()
