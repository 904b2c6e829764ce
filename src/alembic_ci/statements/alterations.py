"""What the clauses of ALTER TABLE do, in the words of all three dialects.

Sources: https://www.postgresql.org/docs/current/sql-altertable.html,
https://mariadb.com/kb/en/alter-table/, https://dev.mysql.com/doc/refman/8.4/en/alter-table.html and
https://www.sqlite.org/lang_altertable.html.
"""

from collections.abc import Iterator

from alembic_ci.statements.action import Action
from alembic_ci.statements.reader import Reader

_VERBS = (
    *("ADD", "DROP", "ALTER", "MODIFY", "CHANGE", "RENAME"),
    *("VALIDATE", "ATTACH", "DETACH", "TRUNCATE"),
)
_KEYS = ("INDEX", "KEY")
_CONSTRAINTS = (
    (("PRIMARY", "KEY"), "primary key"),
    (("FOREIGN", "KEY"), "foreign key"),
    (("UNIQUE",), "unique constraint"),
    (("CHECK",), "check"),
    (("EXCLUDE",), "exclusion constraint"),
    (("INDEX",), "index"),
    (("KEY",), "index"),
    (("FULLTEXT",), "index"),
    (("SPATIAL",), "index"),
)
_ALTERS = (
    (("TYPE",), "change type"),
    (("SET", "DATA", "TYPE"), "change type"),
    (("SET", "NOT", "NULL"), "set not null"),
    (("DROP", "NOT", "NULL"), "drop not null"),
    (("SET", "DEFAULT"), "set default"),
    (("DROP", "DEFAULT"), "drop default"),
    (("SET", "STATISTICS"), "set statistics"),
    (("DROP", "EXPRESSION"), "drop expression"),
)
_ELSEWHERE = ("ALGORITHM", "LOCK", "WAIT", "NOWAIT")
_NOT_OF_A_COLUMN = ("TO", "AS")
_SWITCHES = ("ENABLE", "DISABLE", "FORCE", "NO")


def alterations(table: str, rest: Reader) -> Iterator[Action]:
    """Yield what each clause does to *table*; *rest* stands behind the table's name."""
    for clause in rest.clauses():
        yield from _clause(table, clause)


def parents(rest: Reader) -> tuple[str, ...]:
    """Return the tables that foreign keys in the rest of a statement point to."""
    found = []
    words = [token.word for token in rest.rest]
    for index, word in enumerate(words):
        if word == "REFERENCES":
            found.append(Reader(rest.rest[index + 1 :]).name())
    return tuple(dict.fromkeys(name for name in found if name))


def _clause(table: str, clause: Reader) -> Iterator[Action]:
    first = clause.any(*_VERBS)
    match first:
        case "ADD":
            yield from _added(table, clause)
        case "DROP":
            yield _dropped(table, clause)
        case "ALTER":
            yield _altered(table, clause)
        case "MODIFY" | "CHANGE":
            yield from _redefined(table, clause, first)
        case "RENAME":
            yield _renamed(table, clause)
        case "VALIDATE":
            clause.take("CONSTRAINT")
            yield Action(kind="validate constraint", object=table, parts=(clause.name(),))
        case "ATTACH" | "DETACH" | "TRUNCATE":
            yield _partition(table, clause, first)
        case _:
            yield from _other(table, clause)


def _added(table: str, clause: Reader) -> Iterator[Action]:
    constraint = clause.take("CONSTRAINT")
    if constraint:
        clause.skip_existence()
    kind = _constraint(clause)
    name = ""
    if constraint and not kind:
        name = clause.name()
        kind = _constraint(clause)
    if kind or constraint:
        yield Action(
            kind=f"add {kind or 'constraint'}",
            object=table,
            parts=(name or _key_name(kind, clause),),
            others=parents(clause),
            gently=clause.has("NOT", "VALID") or clause.has("USING", "INDEX"),
        )
        return
    if clause.any("PARTITION"):
        yield Action(kind="add partition", object=table)
        return
    clause.take("COLUMN")
    clause.skip_existence()
    yield from _new_columns(table, clause)


def _constraint(clause: Reader) -> str:
    """Go past the words that say which kind of constraint or index is added."""
    for words, kind in _CONSTRAINTS:
        if clause.take(*words):
            clause.skip(*_KEYS)
            return kind
    return ""


def _key_name(kind: str, clause: Reader) -> str:
    """Return the name that MySQL takes after the kind: ADD INDEX name (column)."""
    if clause.word in {"USING", "NOT"} or kind in {"check", "exclusion constraint"}:
        return "(unnamed)"
    clause.skip_existence()
    return clause.name() or "(unnamed)"


def _new_columns(table: str, clause: Reader) -> Iterator[Action]:
    columns = clause.inner().clauses() if clause.sign == "(" else (clause,)
    for column in columns:
        name = column.name()
        yield Action(kind="add column", object=table, parts=(name,), others=parents(column))


def _dropped(table: str, clause: Reader) -> Action:
    if clause.take("PRIMARY", "KEY"):
        return Action(kind="drop primary key", object=table)
    if clause.take("FOREIGN", "KEY"):
        return _named_drop("foreign key", table, clause)
    if clause.any("CONSTRAINT", "CHECK"):
        return _named_drop("constraint", table, clause)
    if clause.any(*_KEYS):
        return _named_drop("index", table, clause)
    if clause.any("PARTITION"):
        names = clause.names()
        return Action(
            kind="drop partition", object=table, parts=names, loses=f"the rows of a part of {table}"
        )
    clause.take("COLUMN")
    clause.skip_existence()
    name = clause.name()
    return Action(
        kind="drop column", object=table, parts=(name,), loses=f"the values of {table}.{name}"
    )


def _named_drop(what: str, table: str, clause: Reader) -> Action:
    clause.skip_existence()
    return Action(kind=f"drop {what}", object=table, parts=(clause.name(),))


def _altered(table: str, clause: Reader) -> Action:
    if clause.any(*_KEYS, "CONSTRAINT", "CHECK"):
        return Action(kind="alter constraint", object=table, parts=(clause.name(),))
    clause.take("COLUMN")
    parts = (clause.name(),)
    for words, kind in _ALTERS:
        if clause.take(*words):
            return Action(kind=kind, object=table, parts=parts)
    return Action(kind="alter column", object=table, parts=parts)


def _redefined(table: str, clause: Reader, first: str) -> Iterator[Action]:
    """MODIFY and CHANGE of MySQL say the whole column again."""
    clause.take("COLUMN")
    clause.skip_existence()
    name = clause.name()
    new = clause.name() if first == "CHANGE" else name
    if new != name:
        yield Action(kind="rename column", object=table, parts=(name,))
    yield Action(
        kind="change column",
        object=table,
        parts=(new,),
        others=parents(clause),
        declares=_declared(clause),
    )


def _declared(clause: Reader) -> str:
    """Return the type that follows, as the catalogue writes it: ``decimal(10,2) unsigned``."""
    name = clause.next().lower()
    inside = clause.inner().rest if clause.sign == "(" else ()
    sizes = f"({''.join(part.text for part in inside)})" if inside else ""
    return f"{name}{sizes} {clause.any('UNSIGNED').lower()}".rstrip()


def _renamed(table: str, clause: Reader) -> Action:
    what = clause.any("COLUMN", "CONSTRAINT", *_KEYS).lower()
    if what == "constraint":
        return Action(kind="rename constraint", object=table, parts=(clause.name(),))
    if what in {"index", "key"}:
        return Action(kind="rename index", object=table, parts=(clause.name(),))
    if not what and clause.any(*_NOT_OF_A_COLUMN):
        return Action(kind="rename table", object=table, others=(clause.name(),))
    name = clause.name()
    if not what and not clause.take("TO"):
        return Action(kind="rename table", object=table, others=(name,))
    return Action(kind="rename column", object=table, parts=(name,))


def _partition(table: str, clause: Reader, first: str) -> Action:
    clause.take("PARTITION")
    names = clause.names()
    if first == "TRUNCATE":
        return Action(
            kind="truncate partition",
            object=table,
            parts=names,
            loses=f"the rows of a part of {table}",
        )
    gently = clause.has("CONCURRENTLY") or first == "ATTACH"
    return Action(kind=f"{first.lower()} partition", object=table, others=names, gently=gently)


def _other(table: str, clause: Reader) -> Iterator[Action]:
    """Yield what changes no column: switches, options, the owner."""
    word = clause.word
    if word in _ELSEWHERE or not clause.rest:
        return  # ALGORITHM and LOCK say how, not what
    if clause.any(*_SWITCHES) and (clause.has("TRIGGER") or clause.has("RULE")):
        yield Action(kind=f"{word.lower()} trigger", object=table, gently=True)
    elif word in {"SET", "RESET"} and clause.take(word) and clause.sign == "(":
        yield Action(kind="set options", object=table, gently=True)
    else:
        yield Action(kind="alter table", object=table)
