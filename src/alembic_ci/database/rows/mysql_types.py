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
_MANTISSAS = {"float": 24, "double": 53}
_TINY = 255  # bytes in tinytext and tinyblob
VECTOR = "vector"
_FLOAT = "####803f"  # a number a little above one, as its four bytes in hex
_GUESSES = ("#", "a#", "{}", "[#]")
_FAMILIES: Mapping[str, Family] = MappingProxyType(
    dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext"),
        Family.TEXT,
    )
    | dict.fromkeys(
        ("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"),
        Family.BINARY,
    )
    | {
        "date": Family.DATE,
        "time": Family.TIME,
        "datetime": Family.TIMESTAMP,
        "timestamp": Family.TIMESTAMP,
        "json": Family.JSON,
    }
)
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
_SAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: (pattern,) for name, pattern in SPATIAL.items()}
    | {
        "uuid": ("00000000-0000-4000-8000-############",),
        "inet6": ("2001:db8::#",),
        "inet4": ("10.0.0.#",),
    }
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
        high = 2 ** (_BITS[name] + unsigned) - 1
        low = 0 if unsigned else -high - 1
        boolean = written.startswith("tinyint(1)")
        low, high = (0, 1) if boolean else (low, high)
        return Type(family=Family.INTEGER, sql=name, low=low, high=high)
    if name == "decimal" or (name in _MANTISSAS and len(numbers) > 1):
        length, scale = (*numbers, 0)[:2] if numbers else (10, 0)
        length = length if name == "decimal" else min(length, 7)
        return Type(family=Family.DECIMAL, sql=name, length=length, scale=scale)
    if name in _MANTISSAS:
        return Type(family=Family.FLOAT, sql=name, length=_MANTISSAS[name])
    return Type(family=Family.INTEGER, sql=name, low=1990, high=2090) if name == "year" else None


def _other(name: str, numbers: list[int]) -> Type:
    first = numbers[0] if numbers else None
    tiny = _TINY if name.startswith("tiny") else None
    if name in _FAMILIES:
        return Type(family=_FAMILIES[name], sql=name, length=first or tiny, scale=first or 0)
    if name == "bit":
        return Type(family=Family.BITS, sql=name, length=first or 1)
    items = _FLOAT * (first or 1)
    known = (items,) if name == VECTOR else _SAMPLES.get(name, _GUESSES)
    return Type(family=Family.PATTERN, sql=name, labels=known)
