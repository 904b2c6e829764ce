"""Which values a column of a type holds, read from the type as the database's catalogue writes it.

Sources: https://www.postgresql.org/docs/current/datatype.html,
https://mariadb.com/kb/en/data-types/, https://dev.mysql.com/doc/refman/8.4/en/data-types.html and
https://www.sqlite.org/datatype3.html. A type that is not known here holds nobody knows what.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from alembic_ci.statements.tokens import Shape, tokens, unquoted
from alembic_ci.urls import Dialect


class Whole(NamedTuple):
    """Integers from *least* to *most*."""

    least: int
    most: int


class Exact(NamedTuple):
    """Decimal numbers with so many digits before and behind the point; None for any number."""

    before: int | None = None
    behind: int | None = None
    negative: bool = True


class Approximate(NamedTuple):
    """Floating point: every number of so many decimal *digits*, and every integer of *bits*."""

    digits: int
    bits: int


class Text(NamedTuple):
    """Texts of so many *characters*; *size* bytes at most, where the type allows *octets*.

    *charset* is what MySQL calls the set of those characters.
    """

    characters: int | None = None
    size: int | None = None
    octets: int | None = None
    charset: str = ""


class Octets(NamedTuple):
    """Bytes, up to *length*."""

    length: int | None = None


class Bits(NamedTuple):
    """PostgreSQL's bits, up to *length*, or *exactly* as many."""

    length: int | None
    exactly: bool


class Moment(NamedTuple):
    """Dates, times of the day, or both, with so many digits of a second.

    *epoch* tells that there are only some decades: those since 1970.
    """

    date: bool
    time: bool
    fraction: int = 0
    epoch: bool = False


class Span(NamedTuple):
    """Intervals, with so many digits of a second."""

    fraction: int


class Truth(NamedTuple):
    """True and false."""


class Labels(NamedTuple):
    """A few texts; *several* tells that a value may be more than one of them."""

    names: tuple[str, ...]
    several: bool = False


class Other(NamedTuple):
    """Values of a type that only some texts can be read as; the longest of them has *length*."""

    name: str
    length: int | None = None


Values = Whole | Exact | Approximate | Text | Octets | Bits | Moment | Span | Truth | Labels | Other
Enums = Callable[[str], tuple[str, ...] | None]
"""Returns the labels of PostgreSQL's enum type of a name, None for a type that is none."""

ARRAY = Other("array")
_NAMED = re.compile(r"(?P<name>[a-z_][a-z_0-9 ]*)(?:\((?P<sizes>[\d, ]*)\)(?P<more>[a-z ]*))?")
_DOUBLE, _SINGLE = Approximate(15, 53), Approximate(6, 24)
_SIZES = {"tiny": 2**8 - 1, "": 2**16 - 1, "medium": 2**24 - 1, "long": 2**32 - 1}
_PLAIN: Mapping[str, Values] = MappingProxyType(
    {"double precision": _DOUBLE, "double": _DOUBLE, "real": _SINGLE, "float": _SINGLE}
    | {"boolean": Truth()}
    | {"money": Exact(17, 2)}
    | {"year": Whole(0, 2155)}
    | {f"{size}text": Text(most, most, most) for size, most in _SIZES.items()}
    | {f"{size}blob": Octets(most) for size, most in _SIZES.items()}
)
_RANGES = ("int4", "int8", "num", "ts", "tstz", "date")
_SHAPES = ("point", "line", "lseg", "box", "path", "polygon", "circle")
_OTHERS: Mapping[Dialect, Mapping[str, int | None]] = MappingProxyType(
    {
        Dialect.POSTGRESQL: dict.fromkeys(("json", "jsonb", "xml", "hstore", "ltree", *_SHAPES))
        | {f"{name}{kind}": None for name in _RANGES for kind in ("range", "multirange")}
        | {"uuid": 32, "inet": 43, "cidr": 43, "macaddr": 17, "macaddr8": 23},
        Dialect.MYSQL: {"json": 2**30, "uuid": 32, "inet4": 15, "inet6": 39},
    }
)
_INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "integer": 32, "int": 32, "bigint": 64}
_DECIMALS = ("numeric", "decimal")
_DEFAULT_FRACTION = {Dialect.POSTGRESQL: 6, Dialect.MYSQL: 0}
_WIDTHS = {"utf8mb4": 4, "utf8mb3": 3, "utf16": 4, "utf16le": 4, "utf32": 4, "ucs2": 2}


def values(declared: str, dialect: Dialect, collation: str, enums: Enums) -> Values | None:
    """Return what a column of the type *declared* holds; None where that is not known."""
    if dialect is Dialect.SQLITE:
        return None
    if dialect is Dialect.POSTGRESQL and (labels := enums(declared)) is not None:
        return Labels(labels)
    if dialect is Dialect.MYSQL and declared.startswith(("enum(", "set(")):
        return Labels(tuple(quoted(declared, dialect)), several=declared.startswith("set"))
    found = _NAMED.fullmatch(declared)
    if found is None:
        return ARRAY if declared.endswith("[]") else None
    if found["name"] in _OTHERS[dialect]:
        return Other(found["name"], _OTHERS[dialect][found["name"]])
    sizes = tuple(int(size) for size in (found["sizes"] or "").split(",") if size.strip())
    name, more = found["name"], found["more"] or ""
    postgresql = dialect is Dialect.POSTGRESQL
    return _postgresql(name, sizes) if postgresql else _mysql(name, sizes, more, collation)


def quoted(text: str, dialect: Dialect) -> Iterator[str]:
    """Yield the strings in a text, without their quotes."""
    return (unquoted(part.text) for part in tokens(text, dialect) if part.shape is Shape.TEXT)


def _postgresql(name: str, sizes: tuple[int, ...]) -> Values | None:
    if name in {"character varying", "character", "text", "citext"}:
        return Text(characters=_first(sizes))
    if name in {"bit", "bit varying"}:
        return Bits(_first(sizes), exactly=name == "bit")
    if name == "interval":
        return Span(_fraction(sizes, Dialect.POSTGRESQL))
    if name in _PLAIN:
        return _PLAIN[name]
    return _number(name, sizes) or _moment(name, sizes, Dialect.POSTGRESQL)


def _mysql(name: str, sizes: tuple[int, ...], more: str, collation: str) -> Values | None:
    length = sizes[0] if sizes else 1
    unsigned = "unsigned" in f"{name}{more}"
    name = name.removesuffix(" zerofill").removesuffix(" unsigned")
    charset = collation.partition("_")[0]
    if name in {"varchar", "char"}:
        return Text(length, size=length * _WIDTHS.get(charset, 1), charset=charset)
    if name in {"varbinary", "binary"}:
        return Octets(_first(sizes))
    if name == "bit":
        return Whole(0, 2**length - 1)
    if plain := _PLAIN.get(name):
        return plain._replace(charset=charset) if isinstance(plain, Text) else plain
    return _number(name, sizes, unsigned=unsigned) or _moment(name, sizes, Dialect.MYSQL)


def _number(name: str, sizes: tuple[int, ...], *, unsigned: bool = False) -> Values | None:
    if name in _INTEGERS:
        half = 2 ** (_INTEGERS[name] - 1)
        return Whole(0, 2 * half - 1) if unsigned else Whole(-half, half - 1)
    if name not in _DECIMALS:
        return None
    if not sizes:
        return Exact(negative=not unsigned)
    behind = sizes[1] if len(sizes) > 1 else 0
    return Exact(sizes[0] - behind, behind, negative=not unsigned)


def _moment(name: str, sizes: tuple[int, ...], dialect: Dialect) -> Values | None:
    fraction = _fraction(sizes, dialect)
    match name.partition(" ")[0]:
        case "date":
            return Moment(date=True, time=False)
        case "datetime":
            return Moment(date=True, time=True, fraction=fraction)
        case "timestamp":
            epoch = dialect is Dialect.MYSQL
            return Moment(date=True, time=True, fraction=fraction, epoch=epoch)
        case "time":
            return Moment(date=False, time=True, fraction=fraction)
        case _:
            return None


def _fraction(sizes: tuple[int, ...], dialect: Dialect) -> int:
    return sizes[0] if sizes else _DEFAULT_FRACTION[dialect]


def _first(sizes: tuple[int, ...]) -> int | None:
    return sizes[0] if sizes else None
