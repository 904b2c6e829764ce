"""Tables, columns and partitions.

Sources: ``information_schema.TABLES``, ``COLUMNS`` and ``PARTITIONS``
(https://mariadb.com/kb/en/information-schema-tables-table/ and siblings,
https://dev.mysql.com/doc/refman/8.4/en/information-schema-columns-table.html).
"""

import re
from collections.abc import Iterator

from alembic_ci.database.mysql.server import Server, text
from alembic_ci.database.quoting import quoted_text
from alembic_ci.database.tracking import Query, Value
from alembic_ci.delta import Attributes, ObjectKey

Item = tuple[ObjectKey, Attributes]
Row = tuple[Value, ...]

BASE_TABLES = {"BASE TABLE", "SYSTEM VERSIONED"}
_WIDTH = re.compile(r"^((?:tiny|small|medium|big)?int|year)\(\d+\)")
_ON_UPDATE = re.compile(r"on update (\S+)", re.IGNORECASE)

_TABLES = """
SELECT TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, CREATE_OPTIONS, TABLE_COMMENT
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE(){only}
"""
_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT,
       COLLATION_NAME, EXTRA, GENERATION_EXPRESSION, COLUMN_COMMENT, {srs}
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE(){only}
"""
_PARTITIONS = """
SELECT TABLE_NAME, PARTITION_NAME, PARTITION_METHOD, PARTITION_EXPRESSION, SUBPARTITION_METHOD,
       SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION, PARTITION_COMMENT, COUNT(*)
FROM information_schema.PARTITIONS
WHERE TABLE_SCHEMA = DATABASE() AND PARTITION_NAME IS NOT NULL{only}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def tables(query: Query, only: str = "") -> Iterator[Item]:
    """Yield the tables proper, without views and sequences."""
    for name, kind, engine, collation, options, comment in query(_TABLES.format(only=only)):
        if text(kind) not in BASE_TABLES:
            continue
        words = sorted(word for word in text(options).split() if word != "partitioned")
        described = {"engine": text(engine), "collation": modern(text(collation))}
        described |= {"options": " ".join(words)} if words else {}
        described |= {"comment": text(comment)} if comment else {}
        described |= {"system versioning": "yes"} if text(kind) == "SYSTEM VERSIONED" else {}
        yield ObjectKey("table", "", text(name)), described


def columns(query: Query, server: Server, only: str = "") -> Iterator[Item]:
    """Yield every column, those of views and sequences too."""
    sql = _COLUMNS.format(only=only, srs=server.column("COLUMNS", "SRS_ID"))
    for table, name, *row in query(sql):
        yield ObjectKey("column", text(table), text(name)), _column(tuple(row), server)


def _column(row: Row, server: Server) -> Attributes:
    position, kind, nullable, default, collation, extra, expression, comment, srs = row
    extras = text(extra).lower()
    described = {
        "type": type_name(text(kind)),
        "nullable": "NULL" if text(nullable) == "YES" else "NOT NULL",
        "position": text(position),
    }
    described |= {"collation": modern(text(collation))} if collation else {}
    described |= {"comment": text(comment)} if comment else {}
    described |= {"srid": text(srs)} if srs is not None else {}
    if "generated" in extras.replace("default_generated", ""):
        storage = "STORED" if "stored" in extras else "VIRTUAL"
        described["generated"] = f"{text(expression)} {storage}"
    elif (written := _default(default, extras, server)) is not None:
        described["default"] = written
    return described | _extras(extras)


def _extras(extras: str) -> dict[str, str]:
    described = {}
    for word in ("auto_increment", "invisible", "without system versioning"):
        if word in extras:
            described[word.replace("_", " ")] = "yes"
    if found := _ON_UPDATE.search(extras):
        described["on update"] = found.group(1).rstrip(",")
    return described


def _default(default: Value, extras: str, server: Server) -> str | None:
    """Return the default as SQL.

    MariaDB gives SQL, ``NULL`` too; MySQL gives bare text, and says DEFAULT_GENERATED of SQL.
    A default of NULL is what a nullable column has anyway, so it is no default. MariaDB names the
    database of a sequence.
    """
    if default is None or (server.mariadb and text(default).upper() == "NULL"):
        return None
    if server.mariadb or "default_generated" in extras or text(default).startswith("b'"):
        return server.unqualified(text(default))
    moment = re.match(r"CURRENT_TIMESTAMP(\(\d*\))?$", text(default), re.IGNORECASE)
    return text(default) if moment else quoted_text(text(default))


def type_name(declared: str) -> str:
    """Return the type without what changes nothing.

    Display widths mean nothing without ZEROFILL (MySQL 8.0.19 drops them); ``tinyint(1)`` stays,
    because drivers read it as a boolean.
    """
    if "zerofill" in declared or declared.startswith("tinyint(1)"):
        return declared
    return _WIDTH.sub(r"\1", declared)


def modern(collation: str) -> str:
    """Return the collation's current name: ``utf8_bin`` is called ``utf8mb3_bin`` today."""
    return re.sub(r"^utf8_", "utf8mb3_", collation)


def partitions(query: Query, only: str = "") -> Iterator[Item]:
    """Yield each partition; method and expression are the same for all of a table."""
    for row in query(_PARTITIONS.format(only=only)):
        table, name, method, expression, method2, expression2, limit, comment, count = row
        described = {"by": f"{text(method)} ({_names(expression)})"}
        described |= {"values": text(limit)} if limit is not None else {}
        described |= {"comment": text(comment)} if comment else {}
        if method2 is not None:
            described["subpartitions"] = f"{text(count)} {text(method2)} ({_names(expression2)})"
        yield ObjectKey("partition", text(table), text(name)), described


def _names(expression: Value) -> str:
    """Return it with the usual quotes; MySQL keeps those that the mode ANSI_QUOTES gave it."""
    return text(expression).replace('"', "`")
