"""MariaDB's and MySQL's catalogue, as far as rows depend on it: six queries for any tables.

Sources: ``information_schema.TABLES``, ``COLUMNS``, ``STATISTICS``, ``KEY_COLUMN_USAGE``,
``CHECK_CONSTRAINTS`` and ``PARTITIONS`` (https://mariadb.com/kb/en/information-schema-tables/,
https://dev.mysql.com/doc/refman/8.4/en/information-schema.html).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from alembic_ci.database.mysql.server import Server, text
from alembic_ci.database.tracking import Query, Value

Row = Sequence[Value]
Groups = dict[str, list[Row]]

_TABLES = """
SELECT TABLE_NAME FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED'){only}
ORDER BY TABLE_NAME
"""
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, EXTRA, GENERATION_EXPRESSION,
       COLUMN_DEFAULT, {srs}
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE(){only}
ORDER BY TABLE_NAME, ORDINAL_POSITION
"""
_KEYS = """
SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME
FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND NON_UNIQUE = 0{only}
ORDER BY TABLE_NAME, INDEX_NAME = 'PRIMARY' DESC, INDEX_NAME, SEQ_IN_INDEX
"""
_FOREIGN_KEYS = """
SELECT TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA,
       REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME
FROM information_schema.KEY_COLUMN_USAGE
WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL{only}
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION
"""
_MARIADB_CHECKS = """
SELECT TABLE_NAME, CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS
WHERE CONSTRAINT_SCHEMA = DATABASE(){only} ORDER BY TABLE_NAME, CONSTRAINT_NAME
"""
_MYSQL_CHECKS = """
SELECT t.TABLE_NAME, c.CHECK_CLAUSE
FROM information_schema.TABLE_CONSTRAINTS AS t JOIN information_schema.CHECK_CONSTRAINTS AS c
  ON c.CONSTRAINT_SCHEMA = t.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = t.CONSTRAINT_NAME
WHERE t.TABLE_SCHEMA = DATABASE() AND t.CONSTRAINT_TYPE = 'CHECK' AND t.ENFORCED = 'YES'{only}
ORDER BY t.TABLE_NAME, t.CONSTRAINT_NAME
"""
_PARTITIONS = """
SELECT TABLE_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, PARTITION_DESCRIPTION
FROM information_schema.PARTITIONS
WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL{only}
ORDER BY TABLE_NAME, PARTITION_ORDINAL_POSITION
"""
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)  # MySQL escapes its own spelling of a condition
_JSON = re.compile(r"json_\w+\(`((?:[^`]|``)+)`", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The catalogue's rows by table; *conditions* are CHECKs and what partitions accept."""

    names: tuple[str, ...]
    columns: Groups
    keys: Groups
    foreign_keys: Groups
    conditions: dict[str, list[str]]

    def documents(self, table: str) -> set[str]:
        """Return the columns that conditions read as JSON; to MariaDB the type is but a CHECK."""
        found = _JSON.findall(" ".join(self.conditions.get(table, ())))
        return {name.replace("``", "`") for name in found}


def rows(query: Query, server: Server, only: str) -> Rows:
    """Read everything about the tables that *only* selects."""
    srs = server.column("COLUMNS", "SRS_ID")
    return Rows(
        names=tuple(text(row[0]) for row in query(_TABLES.format(only=only))),
        columns=_grouped(query(_COLUMNS.format(only=only, srs=srs))),
        keys=_grouped(query(_KEYS.format(only=only))),
        foreign_keys=_grouped(query(_FOREIGN_KEYS.format(only=only))),
        conditions=_conditions(query, server, only),
    )


def _conditions(query: Query, server: Server, only: str) -> dict[str, list[str]]:
    conditions: defaultdict[str, list[str]] = defaultdict(list)
    if server.has("CHECK_CONSTRAINTS"):
        checks = _MARIADB_CHECKS if server.mariadb else _MYSQL_CHECKS
        for table, clause in query(checks.format(only=only)):
            written = text(clause) if server.mariadb else _ESCAPED.sub(r"\1", text(clause))
            conditions[text(table)].append(written)
    for table, group in _grouped(query(_PARTITIONS.format(only=only))).items():
        conditions[table] += _accepted(group)
    return conditions


def members(group: Sequence[Row]) -> Iterator[tuple[Row, ...]]:
    """Yield the rows of each constraint; its name comes first in each row."""
    for _, found in groupby(group, key=lambda row: row[0]):
        yield tuple(found)


def _accepted(partitions: Sequence[Row]) -> Iterator[str]:
    """Yield the condition for a row that some partition takes, as far as one column decides."""
    method, expression = text(partitions[0][0]), text(partitions[0][1])
    limits = [text(row[2]) for row in partitions]
    if "," in expression and "COLUMNS" in method:
        return
    if method.startswith("RANGE") and limits[-1] != "MAXVALUE":
        yield f"{expression} < {limits[-1]}"
    if method.startswith("LIST") and "DEFAULT" not in limits:
        yield f"{expression} IN ({', '.join(limits)})"


def _grouped(found: Sequence[Row]) -> Groups:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for table, *rest in found:
        groups[text(table)].append(rest)
    return groups
