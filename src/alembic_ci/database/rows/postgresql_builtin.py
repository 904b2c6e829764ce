"""PostgreSQL's own types, and those of extensions people use, by what ``format_type()`` writes.

Source: https://www.postgresql.org/docs/current/datatype.html.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from alembic_ci.database.rows.tables import Family, Type

_ARGUMENTS = re.compile(r"\(([^)]*)\)")
_INTEGERS = {"smallint": 15, "integer": 31, "bigint": 63}
_MANTISSAS = {"real": 24, "double precision": 53}
_DEFAULT_FRACTION = 6
_FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "character varying": Family.TEXT,
        "text": Family.TEXT,
        "character": Family.TEXT,
        '"char"': Family.TEXT,
        "bytea": Family.BINARY,
        "date": Family.DATE,
        "time without time zone": Family.TIME,
        "time with time zone": Family.TIME,
        "timestamp without time zone": Family.TIMESTAMP,
        "timestamp with time zone": Family.TIMESTAMP,
        "json": Family.JSON,
        "jsonb": Family.JSON,
    }
)
_SAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "uuid": ("00000000-0000-4000-8000-############",),
        "inet": ("10.0.0.#",),
        "cidr": ("10.0.#.0/24",),
        "macaddr": ("08:00:2b:01:02:##",),
        "macaddr8": ("08:00:2b:01:02:03:04:##",),
        "money": ("#.50",),
        "xml": ("<a>#</a>",),
        "tsvector": ("'word#':1",),
        "tsquery": ("'word#'",),
        "interval": ("# days 02:03:04",),
        "point": ("(#,2)",),
        "line": ("{1,2,#}",),
        "lseg": ("[(#,0),(1,1)]",),
        "box": ("(#,#),(0,0)",),
        "path": ("[(#,0),(1,1)]",),
        "polygon": ("((#,0),(1,1),(0,1))",),
        "circle": ("<(#,0),1>",),
        "pg_lsn": ("0/##",),
        "oid": ("#",),
        "xid": ("#",),
        "xid8": ("#",),
        "cid": ("#",),
        "tid": ("(0,#)",),
        "name": ("name#",),
        "jsonpath": ("$.a#",),
        "txid_snapshot": ("10:2###:",),
        "pg_snapshot": ("10:2###:",),
        "refcursor": ("cursor#",),
        "int2vector": ("1 #",),
        "oidvector": ("1 #",),
        "regclass": ("pg_class",),
        "regtype": ("integer",),
        "regrole": ("#",),
        "hstore": ('"a"=>"#"',),
        "citext": ("text #",),
        "ltree": ("top.a#",),
        "lquery": ("top.a#",),
        "ltxtquery": ("a#",),
        "cube": ("(#, 2)",),
        "seg": ("# .. 500",),
        "geometry": ("POINT(# 2)", "SRID=4326;POINT(# 2)", "POLYGON((0 0,0 #,1 1,0 0))"),
        "geography": ("POINT(# 2)", "LINESTRING(0 0,1 #)", "POLYGON((0 0,0 #,1 1,0 0))"),
    }
)
_GUESSES = ("#", "a#", "{}", "(#,#)", "[#]", "10.0.0.#", "2021-03-04", "978-0-306-40615-#")
_RANGES = {
    "int4": Type(family=Family.INTEGER, sql="integer", high=2**31 - 1),
    "int8": Type(family=Family.INTEGER, sql="bigint", high=2**63 - 1),
    "num": Type(family=Family.DECIMAL, sql="numeric"),
    "date": Type(family=Family.DATE, sql="date"),
    "ts": Type(family=Family.TIMESTAMP, sql="timestamp"),
    "tstz": Type(family=Family.TIMESTAMP, sql="timestamptz"),
}


def builtin(written: str) -> Type | None:
    """Return the type that PostgreSQL brings along, or None."""
    if written.endswith("[]"):
        inner = builtin(written.removesuffix("[]"))
        return inner and Type(family=Family.ARRAY, sql=written, parts=(inner,))
    found = _ARGUMENTS.search(written)
    numbers = [int(n) for n in re.findall(r"-?\d+", found[1])] if found else []
    name = _ARGUMENTS.sub("", written)
    return _number(name, written, numbers) or _text(name, written, numbers) or _other(name, written)


def _number(name: str, written: str, numbers: list[int]) -> Type | None:
    if name in _INTEGERS:
        high = 2 ** _INTEGERS[name] - 1
        return Type(family=Family.INTEGER, sql=written, low=-high - 1, high=high)
    if name == "numeric":
        length, scale = (*numbers, 0)[:2] if numbers else (None, 0)
        return Type(family=Family.DECIMAL, sql=written, length=length, scale=scale or 0)
    if name in _MANTISSAS:
        return Type(family=Family.FLOAT, sql=written, length=_MANTISSAS[name])
    if name in {"bit", "bit varying"}:
        length = numbers[0] if numbers else 1 if name == "bit" else 8
        return Type(family=Family.BITS, sql=written, length=length)
    return Type(family=Family.BOOLEAN, sql=written) if name == "boolean" else None


def _text(name: str, written: str, numbers: list[int]) -> Type | None:
    if name not in _FAMILIES:
        return None
    family = _FAMILIES[name]
    first = numbers[0] if numbers else None
    if family in {Family.TIME, Family.TIMESTAMP}:
        scale = _DEFAULT_FRACTION if first is None else first
        return Type(family=family, sql=written, scale=scale)
    single = 1 if name in {"character", '"char"'} else None
    return Type(family=family, sql=written, length=first or single)


def _other(name: str, written: str) -> Type | None:
    for ending in ("multirange", "range"):
        inner = _RANGES.get(name.removesuffix(ending))
        if inner and name.endswith(ending):
            return Type(family=Family.RANGE, sql=written, parts=(inner,))
    if name.startswith("interval"):
        return Type(family=Family.PATTERN, sql=written, labels=_SAMPLES["interval"])
    if name in _SAMPLES:
        return Type(family=Family.PATTERN, sql=written, labels=_SAMPLES[name])
    return None


def guess(name: str, written: str) -> Type:
    """Return a type whose spelling is looked for by trial."""
    name = name.rpartition(".")[2].partition("(")[0]
    arguments = _ARGUMENTS.search(written)
    if name in {"vector", "halfvec"} and arguments:
        items = ",".join(["#"] * int(arguments[1]))
        return Type(family=Family.PATTERN, sql=written, labels=(f"[{items}]",))
    return Type(family=Family.PATTERN, sql=written, labels=_SAMPLES.get(name, _GUESSES))
