"""MariaDB's and MySQL's types, as ``COLUMN_TYPE`` writes them.

Sources: https://mariadb.com/kb/en/data-types/ and
https://dev.mysql.com/doc/refman/8.4/en/data-types.html.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from alembic_ci.database.rows.tables import Family, Type

_BITS = {"tinyint": 7, "smallint": 15, "mediumint": 23, "int": 31, "bigint": 63}
_LABEL = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"\d+")
_TEXTS = {"char", "varchar", "tinytext", "text", "mediumtext", "longtext"}
_BINARIES = {"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"}
SPATIAL: Mapping[str, str] = MappingProxyType(
    {
        "point": "POINT(# 2)",
        "geometry": "POINT(# 2)",
        "linestring": "LINESTRING(0 0,1 #)",
        "polygon": "POLYGON((0 0,0 #,1 1,0 0))",
        "multipoint": "MULTIPOINT(0 0,1 #)",
        "multilinestring": "MULTILINESTRING((0 0,1 #))",
        "multipolygon": "MULTIPOLYGON(((0 0,0 #,1 1,0 0)))",
        "geometrycollection": "GEOMETRYCOLLECTION(POINT(# 2))",
        "geomcollection": "GEOMETRYCOLLECTION(POINT(# 2))",
    }
)
_SAMPLES: Mapping[str, str] = MappingProxyType(
    {"uuid": "00000000-0000-4000-8000-############", "inet6": "2001:db8::#", "inet4": "10.0.0.#"}
)


def type_of(written: str) -> Type:
    """Return the type that ``COLUMN_TYPE`` writes so."""
    name = re.split(r"[ (]", written.lower(), maxsplit=1)[0]
    inside = written.partition("(")[2].partition(")")[0]
    numbers = [int(number) for number in _NUMBER.findall(inside)]
    if name in {"enum", "set"}:
        labels = tuple(label.replace("''", "'") for label in _LABEL.findall(written))
        return Type(family=Family[name.upper()], sql=name, labels=labels)
    return _number(name, written, numbers) or _other(name, numbers)


def _number(name: str, written: str, numbers: list[int]) -> Type | None:
    unsigned = "unsigned" in written or "zerofill" in written
    if name in _BITS:
        if written.startswith("tinyint(1)"):
            return Type(family=Family.INTEGER, sql=name, low=0, high=1)
        high = 2 ** (_BITS[name] + unsigned) - 1
        return Type(family=Family.INTEGER, sql=name, low=0 if unsigned else -high - 1, high=high)
    match name:
        case "decimal" | "numeric":
            length, scale = (*numbers, 0)[:2] if numbers else (10, 0)
            return Type(family=Family.DECIMAL, sql=name, length=length, scale=scale)
        case "float" | "double" if len(numbers) > 1:
            length, scale = numbers[:2]
            return Type(family=Family.DECIMAL, sql=name, length=min(length, 7), scale=scale)
        case "float":
            return Type(family=Family.FLOAT, sql=name, length=24)
        case "double":
            return Type(family=Family.FLOAT, sql=name, length=53)
        case "bit":
            return Type(family=Family.BITS, sql=name, length=numbers[0] if numbers else 1)
        case "year":
            return Type(family=Family.INTEGER, sql=name, low=1990, high=2090)
    return None


def _other(name: str, numbers: list[int]) -> Type:
    if name in _TEXTS:
        length = numbers[0] if numbers else 255 if name == "tinytext" else None
        return Type(family=Family.TEXT, sql=name, length=length)
    if name in _BINARIES:
        length = numbers[0] if numbers else None
        return Type(family=Family.BINARY, sql=name, length=length)
    if name in SPATIAL:
        return Type(family=Family.PATTERN, sql=name, labels=(SPATIAL[name],))
    if name == "vector" and numbers:
        items = ",".join(["#"] * numbers[0])
        return Type(family=Family.PATTERN, sql=name, labels=(f"[{items}]",))
    match name:
        case "date":
            return Type(family=Family.DATE, sql=name)
        case "time":
            return Type(family=Family.TIME, sql=name, scale=numbers[0] if numbers else 0)
        case "datetime" | "timestamp":
            return Type(family=Family.TIMESTAMP, sql=name, scale=numbers[0] if numbers else 0)
        case "json":
            return Type(family=Family.JSON, sql=name)
        case _:
            labels = (_SAMPLES[name],) if name in _SAMPLES else ("#", "a#", "{}", "[#]")
            return Type(family=Family.PATTERN, sql=name, labels=labels)
