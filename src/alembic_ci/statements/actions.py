"""Tell what a statement does from its text alone."""

from collections.abc import Iterator, Sequence

from alembic_ci.statements.action import Action
from alembic_ci.statements.data import data, with_queries
from alembic_ci.statements.definitions import definition
from alembic_ci.statements.reader import Reader
from alembic_ci.statements.splitting import statements
from alembic_ci.statements.tokens import Shape, Token, tokens
from alembic_ci.urls import Dialect

_READS = frozenset(["SELECT", "SHOW", "EXPLAIN", "VALUES", "DESCRIBE", "DESC", "FETCH", "PRAGMA"])
_TRANSACTION = frozenset(
    ["BEGIN", "START", "COMMIT", "ROLLBACK", "END", "ABORT", "SAVEPOINT", "RELEASE"]
)
_SESSION = frozenset(["SET", "RESET", "USE", "DISCARD", "UNLOCK", "FLUSH", "PREPARE", "DEALLOCATE"])
_DATA = frozenset(["INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "TRUNCATE", "COPY", "LOAD"])
_DEFINITIONS = frozenset(["CREATE", "DROP", "ALTER"])
_WORKING = _DATA | _DEFINITIONS


def actions(parts: Sequence[Token], dialect: Dialect) -> tuple[Action, ...]:
    """Return what a statement does to objects and rows: nothing if it only asks or sets."""
    if any(part.shape is Shape.CODE for part in parts):
        parts = tuple(_spelled_out(parts, dialect))
    return tuple(_actions(Reader(parts), dialect))


def ends_transaction(parts: Sequence[Token]) -> bool:
    """Tell whether a statement only begins or ends a transaction, or a part of one."""
    words = [token.word for token in parts[:2]]
    return words[0] in _TRANSACTION and words != ["BEGIN", "NOT"]


def _actions(rest: Reader, dialect: Dialect) -> Iterator[Action]:
    verb = rest.next()
    match verb:
        case _ if verb in _DEFINITIONS:
            yield from definition(verb, rest)
        case _ if verb in _DATA:
            yield from data(verb, rest)
        case _ if verb in _READS | _SESSION | _TRANSACTION:
            pass
        case "WITH":
            yield from with_queries(rest)
        case "DO":
            yield Action(kind="run a block")
            yield from _block(rest, dialect)
        case "CALL" | "EXECUTE":
            yield Action(kind="call", object=rest.name())
        case "RENAME":
            yield from _renamed(rest)
        case _:
            yield _maintenance(verb, rest)


def _spelled_out(parts: Sequence[Token], dialect: Dialect) -> Iterator[Token]:
    """Yield the tokens with those inside of ``/*! ... */``, which MySQL runs."""
    for part in parts:
        if part.shape is Shape.CODE:
            inside = part.text.removesuffix("*/").lstrip("/*M!").lstrip("0123456789")
            yield from tokens(inside, dialect)
        else:
            yield part


def _block(rest: Reader, dialect: Dialect) -> Iterator[Action]:
    """Yield what the statements in the text of DO do; what it builds at run time stays unseen."""
    for part in rest.rest:
        body = _body(part)
        for piece in statements(body, dialect) if body else ():
            words = [token.word for token in piece.parts]
            start = next((n for n, word in enumerate(words) if word in _WORKING), None)
            if start is not None:
                yield from _actions(Reader(piece.parts[start:]), dialect)


def _body(part: Token) -> str:
    if part.shape is not Shape.TEXT or not part.text.startswith("$"):
        return ""
    tag = part.text[: part.text.index("$", 1) + 1]
    return part.text.removeprefix(tag).removesuffix(tag)


def _renamed(rest: Reader) -> Iterator[Action]:
    rest.skip("TABLE", "TABLES")
    rest.skip_existence()
    for clause in rest.clauses():
        old = clause.name()
        clause.take("TO")
        yield Action(kind="rename table", object=old, others=(clause.name(),))


def _maintenance(verb: str, rest: Reader) -> Action:
    """Describe what keeps no shape of its own: COMMENT, GRANT, LOCK, REINDEX, VACUUM and others."""
    gently = rest.has("CONCURRENTLY")
    if verb == "REFRESH":
        return Action(kind="refresh materialized view", object=_last_name(rest), gently=gently)
    if verb in {"COMMENT", "GRANT", "REVOKE"}:
        on = rest.after("ON")
        on.skip("TABLE", "COLUMN", "INDEX", "ALL", "TABLES", "IN", "SCHEMA", "SEQUENCE")
        return Action(kind=verb.lower(), object=on.name())
    options = rest.inner().rest if rest.sign == "(" else rest.rest[:1]
    full = verb == "VACUUM" and any(option.word == "FULL" for option in options)
    kind = "vacuum full" if full else verb.lower() or "run"
    rest.skip("TABLE", "TABLES", "INDEX", "CONCURRENTLY", "FULL", "VERBOSE", "ANALYZE", "LOCAL")
    return Action(kind=kind, object=rest.name(), gently=gently)


def _last_name(rest: Reader) -> str:
    rest.skip("MATERIALIZED", "VIEW", "CONCURRENTLY")
    return rest.name()
