"""SQLite's declared types, which people write to say what they mean.

Source: https://www.sqlite.org/datatype3.html, section 3, and SQLAlchemy's names for the rest.
"""

import re

from alembic_ci.database.rows.tables import Family, Type

_NUMBERS = re.compile(r"\d+")
_BITS = (("TINY", 7), ("SMALL", 15), ("INT2", 15), ("MEDIUM", 23), ("BIG", 63), ("INT8", 63))
_WORDS = (
    ("JSON", Family.JSON),
    ("BLOB", Family.BINARY),
    ("BINARY", Family.BINARY),
    ("BYTEA", Family.BINARY),
    ("DATETIME", Family.TIMESTAMP),
    ("TIMESTAMP", Family.TIMESTAMP),
    ("DATE", Family.DATE),
    ("TIME", Family.TIME),
)


def type_of(declared: str) -> Type:
    """Return what a column declared so is to hold."""
    name = declared.upper()
    numbers = [int(number) for number in _NUMBERS.findall(declared.partition("(")[2])]
    return (
        _special(name, declared)
        or _number(name, declared, numbers)
        or Type(family=Family.TEXT, sql=declared, length=numbers[0] if numbers else None)
    )


def _special(name: str, declared: str) -> Type | None:
    if "BOOL" in name:
        return Type(family=Family.INTEGER, sql=declared, low=0, high=1)
    if "UUID" in name:
        pattern = "00000000-0000-4000-8000-############"
        return Type(family=Family.PATTERN, sql=declared, labels=(pattern,))
    family = next((family for word, family in _WORDS if word in name), None)
    return Type(family=family, sql=declared, scale=6) if family else None


def _number(name: str, declared: str, numbers: list[int]) -> Type | None:
    if "INT" in name and "POINT" not in name:
        bits = next((bits for word, bits in _BITS if word in name), 31)
        return Type(family=Family.INTEGER, sql=declared, low=-(2**bits), high=2**bits - 1)
    if any(word in name for word in ("REAL", "FLOA", "DOUB")):
        return Type(family=Family.FLOAT, sql=declared, length=53)
    if "NUMERIC" in name or "DEC" in name:
        length, scale = (*numbers, 0)[:2] if numbers else (10, 2)
        return Type(family=Family.DECIMAL, sql=declared, length=min(length, 15), scale=scale)
    return None
