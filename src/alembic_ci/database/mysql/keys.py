"""Primary keys, indexes, foreign keys and checks.

Sources: ``information_schema.STATISTICS``, ``KEY_COLUMN_USAGE`` with ``REFERENTIAL_CONSTRAINTS``,
and ``CHECK_CONSTRAINTS`` (https://mariadb.com/kb/en/information-schema-statistics-table/ ...,
https://dev.mysql.com/doc/refman/8.4/en/information-schema-statistics-table.html ...).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from alembic_ci.database.ledger import distinct
from alembic_ci.database.mysql.server import Server, text
from alembic_ci.database.quoting import quote
from alembic_ci.database.tracking import Query, Value
from alembic_ci.delta import Attributes, ObjectKey
from alembic_ci.urls import Dialect

Item = tuple[ObjectKey, Attributes]
Row = tuple[Value, ...]

_STATISTICS = """
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART, COLLATION, INDEX_TYPE,
       INDEX_COMMENT, {hidden}, {expression}
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE(){only}
ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX
"""
_FOREIGN_KEYS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME,
       CASE WHEN REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA THEN REFERENCED_TABLE_NAME
            ELSE CONCAT(REFERENCED_TABLE_SCHEMA, '.', REFERENCED_TABLE_NAME) END,
       REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL{only}
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
"""
_RULES = """
SELECT TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE
FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE(){only}
"""
_MARIADB_CHECKS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, CHECK_CLAUSE, 'YES'
FROM information_schema.CHECK_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = DATABASE(){only}
"""
_MYSQL_CHECKS = """
SELECT t.TABLE_NAME, t.CONSTRAINT_NAME, c.CHECK_CLAUSE, t.ENFORCED
FROM information_schema.TABLE_CONSTRAINTS AS t JOIN information_schema.CHECK_CONSTRAINTS AS c
  ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
WHERE t.TABLE_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK'{only}
"""
_PARSER = re.compile(r"""  FULLTEXT KEY ([`"])(.+)\1 \(.*WITH PARSER [`"](\w+)[`"]""")
_AUTOMATIC_CHECK = re.compile(r"CONSTRAINT_\d+|.*_chk_\d+")
_AUTOMATIC_FOREIGN_KEY = re.compile(r"(.*_ibfk_)?\d+")


def indexes(
    query: Query, server: Server, foreign_keys: Iterable[Item], only: str = ""
) -> Iterator[Item]:
    """Yield primary keys and indexes; one that only serves a foreign key has no name of its own."""
    ignored = server.column("STATISTICS", "IGNORED")
    visible = server.column("STATISTICS", "IS_VISIBLE")
    hidden = f"CASE WHEN {ignored} = 'YES' OR {visible} = 'NO' THEN 'HIDDEN' END"
    expression = server.column("STATISTICS", "EXPRESSION")
    rows = query(_STATISTICS.format(only=only, hidden=hidden, expression=expression))
    parsers = _parsers(query, {text(row[0]) for row in rows if text(row[6]) == "FULLTEXT"})
    served: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for key, described in foreign_keys:
        served[key.parent][described["columns"]] = key.name
    for (table, name), group in _grouped(rows).items():
        described = _index(group) | parsers.get((table, name), {})
        if name == "PRIMARY":
            yield ObjectKey("primary key", table, name), {"columns": described["columns"]}
            continue
        columns = described["columns"]
        owner = served[table].get(columns) if described["unique"] == "no" else None
        known = f"({columns})" if owner and _made_for(owner, name, columns) else name
        yield ObjectKey("index", table, known), described


def _parsers(query: Query, tables: Iterable[str]) -> dict[tuple[str, str], dict[str, str]]:
    """Return what cuts texts into words for an index, where that is said, as no catalogue does."""
    found = {}
    for table in tables:
        ((_, sql),) = query(f"SHOW CREATE TABLE {quote(Dialect.MYSQL, table)}")
        for _, name, parser in _PARSER.findall(text(sql)):
            found[table, str(name)] = {"parser": str(parser)}
    return found


def _made_for(foreign_key: str, index: str, columns: str) -> bool:
    """Tell whether the server chose the index's name: the constraint's, or the first column's."""
    first = re.escape(columns.partition(",")[0])
    return index == foreign_key or re.fullmatch(rf"{first}(_\d+)?|.*_ibfk_\d+", index) is not None


def _index(group: list[Row]) -> dict[str, str]:
    non_unique, _, _, _, kind, comment, hidden, _ = group[0]
    described = {
        "columns": ", ".join(_key_part(row) for row in group),
        "unique": "no" if int(non_unique or 0) else "yes",
        "type": text(kind),
    }
    described |= {"comment": text(comment)} if comment else {}
    return described | ({"visible": "no"} if text(hidden) == "HIDDEN" else {})


def _key_part(row: Row) -> str:
    _, column, prefix, order, kind, _, _, expression = row
    name = f"({text(expression)})" if column is None else text(column)
    length = f"({text(prefix)})" if prefix is not None and text(kind) != "SPATIAL" else ""
    return f"{name}{length}{' DESC' if text(order) == 'D' else ''}"


def foreign_keys(query: Query, only: str = "") -> list[Item]:
    """Return the foreign keys; one with an automatic name is known by its columns."""
    rules = {(text(t), text(c)): (d, u) for t, c, d, u in query(_RULES.format(only=only))}
    found: list[Item] = []
    for (table, name), group in _grouped(query(_FOREIGN_KEYS.format(only=only))).items():
        described = _foreign_key(group, rules.get((table, name), ("", "")))
        automatic = _AUTOMATIC_FOREIGN_KEY.fullmatch(name)
        known = f"({described['columns']})" if automatic else name
        found.append((ObjectKey("foreign key", table, known), described))
    return list(distinct(found))


def _foreign_key(group: list[Row], rules: tuple[Value, Value]) -> dict[str, str]:
    parent = group[0][1]
    targets = ", ".join(text(row[2]) for row in group)
    return {
        "columns": ", ".join(text(row[0]) for row in group),
        "references": f"{text(parent)}({targets})",
        "on delete": _rule(text(rules[0])),
        "on update": _rule(text(rules[1])),
    }


def _rule(rule: str) -> str:
    """Return the rule; to InnoDB, RESTRICT and NO ACTION are one."""
    return "NO ACTION" if rule == "RESTRICT" else rule


def checks(query: Query, server: Server, only: str = "") -> Iterator[Item]:
    """Yield the checks; one with an automatic name is known by its expression."""
    yield from distinct(_checks(query, server, only))


def _checks(query: Query, server: Server, only: str) -> Iterator[Item]:
    if not server.has("CHECK_CONSTRAINTS"):
        return
    sql = _MARIADB_CHECKS if server.mariadb else _MYSQL_CHECKS
    for table, name, clause, enforced in query(sql.format(only=only)):
        automatic = _AUTOMATIC_CHECK.fullmatch(text(name))
        known = f"({text(clause)})" if automatic else text(name)
        described = {"expression": text(clause), "enforced": text(enforced).lower()}
        yield ObjectKey("check constraint", text(table), known), described


def _grouped(rows: Iterable[Iterable[Value]]) -> dict[tuple[str, str], list[Row]]:
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for table, name, *rest in rows:
        groups[text(table), text(name)].append(tuple(rest))
    return groups
