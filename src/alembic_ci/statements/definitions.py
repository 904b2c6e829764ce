"""What CREATE, DROP and ALTER do to whole objects."""

from collections.abc import Iterator

from alembic_ci.statements.action import Action
from alembic_ci.statements.alterations import alterations, parents
from alembic_ci.statements.reader import Reader

_NOUNS = """
TABLE INDEX VIEW SEQUENCE TYPE DOMAIN FUNCTION PROCEDURE AGGREGATE TRIGGER EVENT SCHEMA DATABASE
EXTENSION POLICY RULE ROLE USER GROUP STATISTICS COLLATION CONVERSION CAST OPERATOR PUBLICATION
SUBSCRIPTION SERVER LANGUAGE TABLESPACE PACKAGE SYSTEM ROUTINE
"""
_KINDS = frozenset(_NOUNS.split())
_ADJECTIVES = ("TEMPORARY", "TEMP", "MATERIALIZED", "FOREIGN", "VIRTUAL")
_HEAD = 14
_OF_A_TABLE = ("index", "trigger", "policy", "rule")
_HOLDS_OTHERS = ("schema", "database")
_USED_BY_COLUMNS = ("type", "domain")


def definition(verb: str, rest: Reader) -> Iterator[Action]:
    """Yield what CREATE, DROP or ALTER does; *rest* stands behind it."""
    noun = _noun(rest)
    gently = rest.take("CONCURRENTLY")
    rest.skip_existence()
    kind = f"{verb.lower()} {noun}".strip()
    if noun in _OF_A_TABLE:
        yield from _of_a_table(kind, rest, gently=gently)
    elif verb == "ALTER" and noun in {"table", "foreign table"}:
        rest.skip("ONLY")
        yield from alterations(rest.name(), rest)
    elif verb == "ALTER" and noun == "type":
        yield from _altered_type(rest)
    elif verb == "DROP":
        yield from _dropped(noun, rest)
    else:
        name = rest.name()
        yield Action(kind=kind, object=name, others=parents(rest))


def _noun(rest: Reader) -> str:
    """Go past everything before the name, and return what kind of thing is named."""
    adjective = ""
    for _ in range(_HEAD):
        word = rest.next()
        if word in _ADJECTIVES:
            adjective = "temporary " if word == "TEMP" else f"{word.lower()} "
        if word in _KINDS:
            if word == "EVENT" and rest.take("TRIGGER"):
                return "event trigger"
            return f"{adjective}{word.lower()}"
    return ""


def _of_a_table(kind: str, rest: Reader, *, gently: bool) -> Iterator[Action]:
    """Name the table behind ON; ``DROP INDEX a, b`` and ``ALTER INDEX a`` do not say it."""
    table = rest.after("ON")
    table.take("ONLY")
    on = table.name()
    names = rest.names() if rest.word != "ON" else ("(unnamed)",)
    for name in names:
        yield Action(kind=kind, object=on or name, parts=(name,) if on else (), gently=gently)


def _altered_type(rest: Reader) -> Iterator[Action]:
    name = rest.name()
    kind = "add enum value" if rest.take("ADD", "VALUE") else "alter type"
    yield Action(kind=kind, object=name)


def _dropped(noun: str, rest: Reader) -> Iterator[Action]:
    names = rest.names()
    cascade = rest.has("CASCADE")
    for name in names:
        loses = ""
        if noun == "table":
            loses = f"table {name} and its rows"
        elif noun == "database" or (noun in _HOLDS_OTHERS and cascade):
            loses = f"{noun} {name} and all that is in it"
        elif noun in _USED_BY_COLUMNS and cascade:
            loses = f"every column of the type {name}"
        yield Action(kind=f"drop {noun}", object=name, loses=loses)
